"""What is decided once, at build, and written into the graph: states of measures, figures of risk, headlines."""
