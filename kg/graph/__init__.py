"""The graph: named queries, names, and the periods in which nothing changes."""
