"""The window: Qt only, no torch; it asks with commands and shows what events tell."""
