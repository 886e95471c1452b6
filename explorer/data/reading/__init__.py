"""A person's own files to documents, rows and examples: encodings, columns, faults in words."""
