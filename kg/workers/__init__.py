"""Worker processes that answer SPARQL queries and can be killed: pool, scheduler, answers."""
