"""Small hand-written grammars that write a sentence in two languages at once."""
