"""HTTP below the routes: response cache, entity tags, preconditions, headers of every answer."""
