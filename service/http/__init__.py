"""HTTP below the routes: response cache, body limits, headers, logging, metrics."""
