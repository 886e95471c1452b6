"""Parts that panels are made of; each shows what it is told and asks nobody."""
