"""The source text: which files there are, which graph each belongs to, what they hash to. Knows no store.

Files below ``ontology/facts/<place>/`` are one document each: a file, or a folder of parts. A folder below ``ontology/tables/`` is one
document too: Turtle, and a CSV of figures.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from .terms import BASE, DOC

REFERENCE = ("minerals", "commodities", "agents", "countries", "products", "alignments")
FIGURES = "figures.csv"


@dataclass(frozen=True)
class SourceFile:
    """A Turtle file and the IRI that is both its base and its named graph."""

    path: Path
    graph: str


def root() -> Path:
    """Folder that holds ``ontology/`` and ``queries/``: the checkout, or the installed package's data."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "ontology").is_dir():
        return checkout
    return Path(str(resources.files("kg"))) / "data"


def sources(folder: Path) -> list[SourceFile]:
    """Every Turtle file below an ``ontology`` folder that is loaded, in a stable order (shapes and examples are not)."""
    found = [
        SourceFile(folder / "core.ttl", BASE + "ontology"),
        SourceFile(folder / "codes.ttl", BASE + "code"),
        *(SourceFile(folder / f"{name}.ttl", f"{DOC}reference/{name}") for name in REFERENCE),
    ]
    facts = folder / "facts"
    for path in sorted(facts.rglob("*.ttl")):
        place, document, *_ = path.relative_to(facts).with_suffix("").parts
        found.append(SourceFile(path, f"{DOC}{place}/{document}"))
    tables = folder / "tables"
    found += [SourceFile(path, f"{DOC}table/{path.parent.name}") for path in sorted(tables.glob("*/*.ttl"))]
    return [source for source in found if source.path.exists()]


def figures(folder: Path) -> list[SourceFile]:
    """Every CSV of figures below an ``ontology`` folder, in a stable order."""
    return [SourceFile(path, f"{DOC}table/{path.parent.name}") for path in sorted((folder / "tables").glob(f"*/{FIGURES}"))]


def fingerprint(*folders: Path, suffixes: tuple[str, ...] = (".ttl", ".rq", ".csv")) -> str:
    """SHA-256 over the names and bytes of all files in the folders with these suffixes: the data version."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                total.update(str(path.relative_to(folder)).encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
