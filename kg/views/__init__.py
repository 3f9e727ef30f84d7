"""Typed answers read back from the graph, frozen: computed figures and headlines. Nothing is computed here."""
