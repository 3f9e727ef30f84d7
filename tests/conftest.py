"""One graph for all tests, built and checked as a user's would be; one service over it; and the real servers of ``live``."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from live import LIMITS, WORK, lodegraph, tiny

import kg
from kg.settings import PREFIX
from kg.store import disk_cache
from service.app import create_app

__all__ = ["client", "graph", "lodegraph", "tiny"]
ID_MOST = 20


def pytest_make_parametrize_id(val: object) -> str | None:
    """A long text or any bytes as a short one: what stands first in it, in plain letters. Cases of one name pytest numbers."""
    if not isinstance(val, str | bytes):
        return None
    text = val.decode("ascii", "replace") if isinstance(val, bytes) else val
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "." for sign in text)
    return plain if len(plain) <= ID_MOST else f"{plain[: ID_MOST - 2]}.."


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that the last to end is a short one; tests of one server of limits stay in one process.

    Under pytest 9.2 schemathesis 4.32 gives all that it makes of a test one identifier, and of items with one identifier xdist runs
    the first alone: each gets its own.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        _, bracket, label = item.name.partition("[")
        if bracket and item.id.params is None:
            item._id = item.id.with_params(label.removesuffix("]"))
        for name in sorted({"short", "long"}.intersection(getattr(item, "fixturenames", ()))):
            item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """What a command run in this process takes from a file ``.env`` is gone with its test."""
    before = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    yield
    for name in [name for name in os.environ if name.startswith(PREFIX) and name not in before]:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def graph() -> kg.Graph:
    disk_cache.folder().mkdir(parents=True, exist_ok=True)
    with disk_cache.alone(disk_cache.folder()):  # of several processes of tests one builds it, and the others wait for that
        return kg.open_graph()


@pytest.fixture(scope="session")
def client(graph: kg.Graph) -> Iterator[TestClient]:
    """The service over the graph, in this process, with limits that no test meets."""
    with TestClient(create_app(graph, LIMITS, work=WORK)) as opened:
        yield opened
