"""Publishers' names of countries and minerals, resolved to slugs, and the labels of things. Reads reference files; knows no publisher."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from ..namespaces import DOC, ID
from ..source import files
from ..store.oxigraph import iterate_names

AGENTS = ("country", "bloc", "region")
_KINDS = {**dict.fromkeys(AGENTS, "country"), "mineral": "mineral", "material": "material"}


class Names:
    """Every label, other name, ISO code and symbol of countries, blocs, regions, minerals and materials, whatever case and space."""

    def __init__(self, known: Iterable[tuple[str, str, str, bool]]) -> None:
        """``known`` gives ``kind/slug``, one of its names, the language, and whether that is its label."""
        self._things: dict[str, dict[str, set[str]]] = {"country": {}, "mineral": {}, "material": {}}
        self._labels: dict[tuple[str, str], str] = {}
        for thing, name, language, is_label in known:
            self._things[_KINDS[thing.split("/", 1)[0]]].setdefault(fold(name), set()).add(thing)
            if is_label:
                self._labels[thing, language] = name

    def country(self, name: str) -> str:
        """``kind/slug`` of a country (by its code too), bloc or region. Raises ValueError with what is wrong and the near names."""
        return self._find("country", name)

    def mineral(self, name: str) -> str:
        """``mineral/slug`` of a mineral or group. Raises ValueError with what is wrong and the near names."""
        return self._find("mineral", name)

    def material(self, name: str) -> str:
        """``material/slug`` of a form. Raises ValueError with what is wrong and the near names."""
        return self._find("material", name)

    def label(self, thing: str) -> tuple[str, str]:
        """Label of a thing in English and Japanese."""
        return self._labels[thing, "en"], self._labels[thing, "ja"]

    def _find(self, kind: str, name: str) -> str:
        known = self._things[kind]
        found = known.get(fold(name), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ValueError(f"“{name}” is the name of {', '.join(sorted(found))}", "The name must be of one alone.")
        near = difflib.get_close_matches(fold(name), known, n=3, cutoff=0.6)
        slugs = sorted({thing for close in near for thing in known[close]})
        right = f"Near it: {', '.join(slugs)}. " if slugs else ""
        raise ValueError(f"there is no {kind} “{name}”", f"{right}A further name is added to the reference files as skos:altLabel.")


def fold(name: str) -> str:
    """A name without regard to case, space and the shape of its apostrophes and dashes."""
    text = re.sub(r"\s+", " ", name).strip().casefold()
    return text.translate(str.maketrans("’‘–—‐", "''---"))


def read_names(folder: Path) -> Names:
    """The names that the reference files below an ``ontology`` folder give."""
    return Names(
        (subject.removeprefix(ID), text, language, is_label)
        for source in files.sources(folder)
        if source.graph.startswith(f"{DOC}reference/")
        for subject, text, language, is_label in iterate_names(source.path, source.graph)
        if subject.startswith(ID) and subject.removeprefix(ID).split("/", 1)[0] in _KINDS
    )
