"""The web face of ``kg``: REST look-ups, SPARQL, linked data, exports, plain pages."""
