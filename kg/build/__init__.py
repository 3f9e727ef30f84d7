"""Opening and building the graph: read the text, apply the rules, check, write the store."""
