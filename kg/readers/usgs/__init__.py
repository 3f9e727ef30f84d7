"""Readers of files of the U.S. Geological Survey."""
