"""The command line ``lode``: one module for each family of commands."""
