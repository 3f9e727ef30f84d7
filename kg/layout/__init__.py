"""Layouts of a network: its elements, columns along the supply chain, force-directed."""
