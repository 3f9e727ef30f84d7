"""SPARQL as text: the lexer, and the guard that refuses what is dangerous before the engine sees it."""
