"""HTTP below the routes: the response cache, validators and preconditions, headers of every answer."""
