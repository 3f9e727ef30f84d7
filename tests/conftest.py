"""One graph for all tests, built and checked as a user's would be; and the real servers of ``live``."""

import pytest
from live import lodegraph, tiny

import kg

__all__ = ["graph", "lodegraph", "tiny"]


@pytest.fixture(scope="session")
def graph() -> kg.Graph:
    return kg.open_graph()
