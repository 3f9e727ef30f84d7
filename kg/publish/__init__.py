"""Publishing the whole graph: dump, description in VoID and DCAT, push to a remote store."""
