"""Formulas of supply risk: pure functions over figures, without a graph."""
