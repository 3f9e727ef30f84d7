"""Is the text sound: SHACL shapes, check queries and one description a thing, each finding with the file and the subject.

A check query (``queries/checks/*.rq``) must return nothing; its title is the rule it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadFacts
from ..namespaces import BASE, RDFS
from ..source import files, query_files
from ..store.oxigraph import Store, iterate_quads
from .fill import load
from .shapes import Shapes

FIGURE_CHECK = "figure-within-bounds"
ONCE = "A thing MUST be described (class and label) in one file only; other files name it"


@dataclass(frozen=True)
class Finding:
    """One breach of one rule: which rule, about what, what must hold, in which file (empty where no file holds the subject)."""

    rule: str
    subject: str
    message: str
    file: str

    def __str__(self) -> str:
        return f"{self.file or '(inferred)'}: {self.subject}: {self.message} [{self.rule}]"


def check(folder: Path | None = None, store: Store | None = None, own: Path | None = None, shapes: Shapes | None = None) -> list[Finding]:
    """Every finding in the text of a folder that holds ``ontology/`` and ``queries/``, and of a user's own folder beside it.

    ``shapes``: the validation of the same text, where it is under way already. Raises BadFacts where a file cannot be read.
    """
    base = folder or files.root()
    if not (base / "ontology").is_dir():
        raise BadFacts(f"{base} holds no ontology/.", "Name a folder that does.", findings=[str(base)])
    validation = shapes or Shapes(base, own)
    try:
        loaded = store if store is not None else load(base, own)
        homes, again = _homes(base, own)
        breaches = [*_by_queries(base, loaded), *validation.breaches()]
    finally:
        if shapes is None:
            validation.close()
    found = [Finding(rule, subject, message, homes.get(subject, "")) for rule, subject, message in breaches]
    found += [Finding("described-once", subject, f"{ONCE} (also {', '.join(others)})", file) for subject, file, others in again]
    return sorted(set(found), key=lambda f: (f.file, f.subject, f.rule))


def require_clean(folder: Path, store: Store, own: Path | None = None, shapes: Shapes | None = None) -> None:
    """Raises BadFacts that lists every finding, where there is one."""
    found = check(folder, store, own, shapes)
    if found:
        lines = [str(finding) for finding in found]
        raise BadFacts(f"{len(lines)} findings:\n" + "\n".join(lines), "Mend the text, then check again.", findings=lines)


def require_sound_figures(folder: Path, store: Store) -> None:
    """Raises BadFacts where a computed figure is impossible. Cheap: it runs at every build, of text on record too."""
    rows = store.query(query_files.read(folder / "queries" / "checks" / f"{FIGURE_CHECK}.rq").text)
    lines = [f"{row['figure']}: out of bounds [{FIGURE_CHECK}]" for row in rows]
    if lines:
        raise BadFacts(f"{len(lines)} findings:\n" + "\n".join(lines), "Mend the table or the method.", findings=lines)


def _by_queries(base: Path, store: Store) -> Iterator[tuple[str, str, str]]:
    for name, query in query_files.read_all(base / "queries" / "checks").items():
        for row in store.query(query.text):
            subject, *others = (str(value) for value in row.values() if value is not None)
            yield name, subject, query.title + (f" ({', '.join(others)})" if others else "")


def _homes(base: Path, own: Path | None) -> tuple[dict[str, str], list[tuple[str, str, list[str]]]]:
    """The file that holds each subject; each thing described in several files, with the last of them and those before it."""
    homes: dict[str, str] = {}
    described: dict[str, dict[str, None]] = {}
    for source in files.sources(base / "ontology", own):
        name = str(source.path.relative_to(base) if source.path.is_relative_to(base) else source.path)
        for subject, predicate, _ in iterate_quads(source.path, source.graph):
            if predicate.endswith("#type") or subject not in homes:
                homes[subject] = name
            if subject.startswith(BASE) and (predicate == f"{RDFS}label" or predicate.endswith("#type")):
                described.setdefault(subject, {})[name] = None
    return homes, [(subject, last, before) for subject, (*before, last) in described.items() if before]
