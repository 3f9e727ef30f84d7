"""The web face of ``kg``: REST look-ups, SPARQL, linked data, exports, plain pages."""

from .app import create_app

__all__ = ["create_app"]
