"""What is computed once, when the graph is built, and written into it."""
