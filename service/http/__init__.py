"""What stands between the connection and the routes, whatever the route: ASGI middleware."""
