"""The reviewable text: files of the ontology, query files, tables of figures and deposits."""
