"""What is decided once, at build, and written into the graph: figures of risk and the one that heads each role of a mineral."""
