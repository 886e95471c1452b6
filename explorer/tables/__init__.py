"""What is shown as data files: CSV, numpy arrays, JSON and a page for the browser."""
