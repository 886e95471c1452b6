"""What can be inspected, behind one protocol: our own Transformer now, others later."""
