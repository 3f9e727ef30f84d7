"""Dependence as NetworkX graphs: paths, exposure, chokepoints, scenarios, coverage, episodes."""
