"""Export formats: the graph, or a part of it, as a file for another tool."""
