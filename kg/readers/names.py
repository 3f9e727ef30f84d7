"""Publishers' names of countries and minerals, resolved to slugs. Reads labels of the reference files; knows no publisher and no store."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from .. import files
from ..store import iterate_names
from ..terms import ID, KINDS

AGENTS = ("country", "bloc", "region")


class Names:
    """Every label and other name in English of countries, blocs, regions and minerals, without regard to case and space."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        """``known`` pairs ``kind/slug`` with one of its names."""
        self._by_name: dict[str, dict[str, set[str]]] = {}
        for thing, name in known:
            kind = "agent" if thing.split("/", 1)[0] in AGENTS else "mineral"
            self._by_name.setdefault(kind, {}).setdefault(fold(name), set()).add(thing)

    def country(self, name: str) -> str:
        """``kind/slug`` of a country, bloc or region. Raises ValueError with what is wrong and the near names."""
        return self._find("agent", "country", name)

    def mineral(self, name: str) -> str:
        """``mineral/slug`` of a mineral or group. Raises ValueError with what is wrong and the near names."""
        return self._find("mineral", "mineral", name)

    def _find(self, kind: str, what: str, name: str) -> str:
        known = self._by_name.get(kind, {})
        found = known.get(fold(name), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ValueError(f"“{name}” is the name of {', '.join(sorted(found))}", "The name must be of one alone.")
        near = difflib.get_close_matches(fold(name), known, n=3, cutoff=0.6)
        slugs = sorted({thing for close in near for thing in known[close]})
        right = f"Near it: {', '.join(slugs)}. " if slugs else ""
        raise ValueError(f"there is no {what} “{name}”", f"{right}A new name is added as skos:altLabel in the reference files.")


def fold(name: str) -> str:
    """A name without regard to case, space and the shape of its apostrophes and dashes."""
    text = re.sub(r"\s+", " ", name).strip().casefold()
    return text.translate(str.maketrans("’‘–—‐", "''---"))


def read_names(folder: Path) -> Names:
    """The names that the reference files below an ``ontology`` folder give, labels and other names in any language but Japanese."""
    kinds = {*AGENTS, "mineral"} & set(KINDS)
    return Names(
        (subject.removeprefix(ID), text)
        for source in files.sources(folder)
        if source.graph.startswith("https://w3id.org/lodegraph/doc/reference/")
        for subject, text in iterate_names(source.path, source.graph)
        if subject.startswith(ID) and subject.removeprefix(ID).split("/", 1)[0] in kinds
    )
