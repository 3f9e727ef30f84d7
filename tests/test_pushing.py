"""Ways to write to a store and to ask it: by SPARQL Update, with a name and a password, and without a union of graphs."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from engines import Running, fill, oxigraph

from kg import Graph, StoreFailed
from kg.publish.push import UPDATE_CHUNK
from kg.source import files
from kg.store.http import Endpoint
from kg.store.oxigraph import Store
from kg.store.remote import Remote

pytestmark = [pytest.mark.engines, pytest.mark.slow]

SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
IN_GRAPHS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def small() -> Graph:
    """Our ontology and one document, embedded: more than one update can hold, in more than one graph."""
    store, base = Store(), files.root()
    for source in files.sources(base / "ontology"):
        if source.path.parent == base / "ontology" or source.path.stem == "hasehira-2013":
            store.load(source.path, source.graph)
    return Graph(store, base, "1" * 64)


def _there(running: Running, graph: Graph) -> Graph:
    return Graph(Remote(running.query, graph.version), files.root(), graph.version)


def _lines(graph: Graph) -> list[str]:
    return sorted(graph.rdf("nquads").splitlines())


def test_a_store_is_filled_by_updates_and_a_graph_that_is_gone_is_removed(small: Graph, tmp_path: Path) -> None:
    assert len(small.store) > UPDATE_CHUNK
    assert len(small.store.graphs()) > 1
    with oxigraph(tmp_path) as running:
        by_update = replace(running, write=running.query.replace("/query", "/update"), by="update")
        assert fill(by_update, small) == len(small.store)
        assert _lines(_there(running, small)) == _lines(small)
        assert fill(by_update, small) == 0
        less, gone = Store(), small.store.graphs()[0]
        for source in files.sources(files.root() / "ontology"):
            if source.graph in small.store.graphs()[1:]:
                less.load(source.path, source.graph)
        other = Graph(less, files.root(), "2" * 64)
        assert fill(by_update, other) == 0
        assert gone not in _there(running, other).store.graphs()
        assert _lines(_there(running, other)) == _lines(other)


def test_without_a_union_of_graphs_the_answers_are_the_same(small: Graph, tmp_path: Path) -> None:
    with oxigraph(tmp_path, union=False) as running:
        fill(running, small)
        there = _there(running, small).store
        for text in (SUBJECTS, IN_GRAPHS, small.queries["minerals"].bind({})):
            assert list(there.query(text)) == list(small.store.query(text)) != []


@contextmanager
def _guarded(user: str, password: str) -> Iterator[tuple[str, list[str]]]:
    """A server that lets in who gives a name and a password by Basic; its address, and the ``Authorization`` headers it has seen."""
    right = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    seen: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(self.headers.get("Authorization", ""))
            inside = seen[-1] == right
            self.send_response(200 if inside else 401)
            if not inside:
                self.send_header("WWW-Authenticate", 'Basic realm="store"')
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"in" if inside else b"no")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", seen
        finally:
            server.shutdown()
            thread.join()


def test_a_name_and_a_password_are_given_by_basic_once_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_STORE_USER", "anna")
    monkeypatch.setenv("LODE_STORE_PASSWORD", "käse:1")
    with _guarded("anna", "käse:1") as (address, seen):
        endpoint = Endpoint(address)
        assert endpoint.do("POST", body=b"x") == 200
        assert endpoint.do("POST", body=b"x") == 200
    assert [bool(header) for header in seen] == [False, True, True]


@pytest.mark.parametrize(("user", "password"), [("", ""), ("anna", "wrong")])
def test_who_is_not_let_in_is_told_what_to_set(user: str, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODE_STORE_USER", user)
    monkeypatch.setenv("LODE_STORE_PASSWORD", password)
    with _guarded("anna", "right") as (address, _), pytest.raises(StoreFailed, match="401") as refused:
        Endpoint(address).do("POST", body=b"x")
    assert "LODE_STORE_PASSWORD" in str(refused.value)
