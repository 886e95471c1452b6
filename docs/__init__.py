"""What stands around the program: decisions, and the script that takes the pictures."""
