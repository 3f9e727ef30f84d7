"""Any RDF dataset as a built store, so that it can be served through the same SPARQL service as our own."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import files
from .errors import BadFacts
from .graph import Graph
from .store import Store

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


def open_dataset(paths: Iterable[Path]) -> Graph:
    """A graph over files of any RDF format, told by their endings: triples go to the default graph, quads to their graphs.

    The store lives in a temporary folder. Raises BadFacts for a file that is not there, of no known ending, or malformed.
    """
    store, total = Store(), hashlib.sha256()
    for path in paths:
        format = EXTENSIONS.get(path.suffix.lower())
        if format is None:
            raise BadFacts(f"{path.name} has no known ending.", f"Known are {', '.join(EXTENSIONS)}.", findings=[str(path)])
        if not path.is_file():
            raise BadFacts(f"{path} is not a file.", "Name a file that is there.", findings=[str(path)])
        total.update(path.read_bytes())
        store.load_file(path, format)
    folder = Path(tempfile.mkdtemp(prefix="lodegraph-"))
    store.copy_to(folder / "store")
    return Graph(Store(folder / "store"), files.root(), total.hexdigest(), folder / "store")
