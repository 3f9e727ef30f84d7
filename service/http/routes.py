"""The template of the route that a path belongs to, such as ``/minerals/{name}``: few enough to be a label of metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from starlette.routing import BaseRoute

NO_ROUTE = "none"
REMEMBERED = 4_096  # paths whose template is known without looking


class Templates:
    """Templates of all routes, in the order in which they are tried."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._known = list(dict.fromkeys(_templates(routes)))
        self.of = lru_cache(REMEMBERED)(self._find)

    def _find(self, path: str) -> str:
        return next((template for pattern, template in self._known if pattern.match(path)), NO_ROUTE)

    def all(self) -> list[str]:
        """Every template."""
        return list(dict.fromkeys(template for _, template in self._known))


def _templates(routes: Iterable[Any]) -> Iterator[tuple[re.Pattern[str], str]]:
    for route in routes:
        inner = getattr(route, "original_router", None)  # as FastAPI keeps a router that an app includes
        if inner is not None:
            yield from _templates(inner.routes)
        elif hasattr(route, "path_regex"):
            yield route.path_regex, route.path_format
