"""The source text: which files there are, which graph each belongs to, what they hash to. Knows no store.

Files below ``ontology/facts/<place>/`` are one document each: a file, or a folder of parts. A folder below ``ontology/tables/`` is one
document too: Turtle, and a CSV of figures. A user's own folder holds ``facts/`` and ``tables/`` of the same kind.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ..errors import BadFacts
from ..namespaces import BASE, DOC

REFERENCE = ("minerals", "commodities", "agents", "countries", "products", "alignments", "methods")
FIGURES = "figures.csv"
DEPOSITS = "deposits.csv"
FORMS = "forms.csv"
MEMBERS = "members.csv"


@dataclass(frozen=True)
class SourceFile:
    """A Turtle file and the IRI that is both its base and its named graph."""

    path: Path
    graph: str


def root() -> Path:
    """Folder that holds ``ontology/`` and ``queries/``: the checkout, or the installed package's data."""
    checkout = Path(__file__).resolve().parent.parent.parent
    if (checkout / "ontology").is_dir():
        return checkout
    return Path(str(resources.files("kg"))) / "data"


def how_to_install(extra: str) -> str:
    """The command that installs an extra (mcp, parquet, png): of the checkout where there is one, else of pip."""
    if (root() / "run.py").is_file():
        return f"Install it: python3 run.py install {extra}."
    return f"Install it: pip install 'lodegraph[{extra}]'."


def sources(folder: Path, own: Path | None = None) -> list[SourceFile]:
    """Every Turtle file below an ``ontology`` folder that is loaded, in a stable order (shapes and examples are not), then a user's own.

    Raises BadFacts where the user's folder holds a document that is here already.
    """
    found = [
        SourceFile(folder / "core.ttl", BASE + "ontology"),
        SourceFile(folder / "codes.ttl", BASE + "code"),
        *(SourceFile(folder / f"{name}.ttl", f"{DOC}reference/{name}") for name in REFERENCE),
    ]
    found = [source for source in found if source.path.exists()] + _documents(folder)
    if own is None:
        return found
    theirs = _documents(own)
    homes = {source.graph: source.path for source in found}
    for source in theirs:
        if source.graph in homes:
            wrong = f"{source.path}: the document {source.graph} is that of {homes[source.graph]}."
            raise BadFacts(wrong, "Give the file or folder another name.", findings=[str(source.path)])
    return found + theirs


def _documents(folder: Path) -> list[SourceFile]:
    """Turtle files of the documents below ``facts`` and ``tables``."""
    found = []
    facts = folder / "facts"
    for path in sorted(facts.rglob("*.ttl")):
        place, document, *_ = (*path.relative_to(facts).with_suffix("").parts, "")
        if not document:
            raise BadFacts(f"{path} lies beside the places.", "A document is facts/<place>/<document>.ttl.", findings=[str(path)])
        found.append(SourceFile(path, f"{DOC}{place}/{document}"))
    return found + [SourceFile(path, f"{DOC}table/{path.parent.name}") for path in sorted((folder / "tables").glob("*/*.ttl"))]


def figures(folder: Path, own: Path | None = None) -> list[SourceFile]:
    """Every CSV of figures below an ``ontology`` folder and a user's own, in a stable order."""
    return _in_tables(FIGURES, folder, own)


def deposits(folder: Path, own: Path | None = None) -> list[SourceFile]:
    """Every CSV of deposits below an ``ontology`` folder and a user's own, in a stable order."""
    return _in_tables(DEPOSITS, folder, own)


def forms(folder: Path, own: Path | None = None) -> list[SourceFile]:
    """Every CSV of traded forms below an ``ontology`` folder and a user's own, in a stable order."""
    return _in_tables(FORMS, folder, own)


def members(folder: Path, own: Path | None = None) -> list[SourceFile]:
    """Every CSV of decisions on members beside the documents of an ``ontology`` folder and of a user's own, in a stable order."""
    bases = [base / "facts" for base in (folder, own) if base]
    found = (path for base in bases for path in sorted(base.glob(f"*/*/{MEMBERS}")))
    return [SourceFile(path, f"{DOC}{path.parent.parent.name}/{path.parent.name}") for path in found]


def _in_tables(name: str, folder: Path, own: Path | None) -> list[SourceFile]:
    folders = [folder, *([own] if own else [])]
    return [SourceFile(path, f"{DOC}table/{path.parent.name}") for base in folders for path in sorted((base / "tables").glob(f"*/{name}"))]


def own_folder(named: Path | None = None) -> Path | None:
    """The user's own folder: the one named, else ``LODE_FACTS``, else none. Raises BadFacts where it is not a folder."""
    configured = named or (Path(os.environ["LODE_FACTS"]) if os.environ.get("LODE_FACTS") else None)
    if configured is not None and not configured.is_dir():
        raise BadFacts(f"{configured} is not a folder.", "Your own folder holds facts/<place>/<document>.ttl and tables/<table>/.")
    return configured


def fingerprint(*folders: Path, suffixes: tuple[str, ...] = (".ttl", ".rq", ".csv")) -> str:
    """SHA-256 over the names and bytes of all files in the folders with these suffixes: the data version."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                total.update(str(path.relative_to(folder)).encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def fingerprint_of(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over the names and bytes of these files, and further words."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for word in more:
        total.update(word.encode())
    return total.hexdigest()
