"""REST, SPARQL Protocol and linked data: one module for each family of routes."""
