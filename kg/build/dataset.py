"""Any RDF dataset as a built store, so that it can be served through the same SPARQL service as our own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ..errors import BadFacts
from ..graph.graph import Graph
from ..source import files
from ..store import disk_cache
from ..store.oxigraph import bulk_load
from .opening import open_built, run_builder

EXTENSIONS = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".rdf": "rdfxml",
    ".xml": "rdfxml",
    ".owl": "rdfxml",
    ".jsonld": "jsonld",
}
SMALL_MOST = 5_000_000  # bytes of files that are loaded without a process of their own


def open_dataset(paths: Iterable[Path]) -> Graph:
    """A graph over files of any RDF format, told by their endings: triples go to the default graph, quads to their graphs.

    The store is built once and kept like that of our own graph. Raises BadFacts for a file that is not there, of no known ending, or
    malformed.
    """
    given, total = list(paths), hashlib.sha256()
    for path in given:
        if path.suffix.lower() not in EXTENSIONS:
            raise BadFacts(f"{path.name} has no known ending.", f"Known are {', '.join(EXTENSIONS)}.", findings=[str(path)])
        if not path.is_file():
            raise BadFacts(f"{path} is not a file.", "Name a file that is there.", findings=[str(path)])
        total.update(f"{path.resolve().as_uri()} {path.stat().st_size} ".encode())  # an IRI may be relative to its file
        total.update(path.read_bytes())
    target = disk_cache.folder() / f"dataset-{total.hexdigest()[:24]}"
    formats = {path.resolve(): EXTENSIONS[path.suffix.lower()] for path in given}
    store = open_built(target, lambda: _build(formats, target))
    return Graph(store, files.root(), total.hexdigest(), target)


def _build(formats: dict[Path, str], target: Path) -> None:
    """Build the store, by another process where that takes much memory, which none but it keeps."""
    if sum(path.stat().st_size for path in formats) <= SMALL_MOST:
        disk_cache.write(lambda folder: bulk_load(formats, folder), target)
        return
    named = [f"{format}={path}" for path, format in formats.items()]
    run_builder(files.root(), target, ["--files", *named])
