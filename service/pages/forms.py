"""Fields of the forms on pages: a choice among things or codes. Knows labels; knows nothing of what is asked with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.terms import slug_of

from .frame import Page


@dataclass(frozen=True)
class Choice:
    """A field: its parameter, its label, its options (value and label; besides them all), and the option chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str = ""


def choices(page: Page, name: str, label: str, things: Iterable[str], chosen: str) -> Choice:
    """A choice among things, by label, each by its slug. A thing named otherwise by the request is chosen all the same."""
    wanted = slug_of(str(page.graph.resolve(chosen))) if chosen and "/" in chosen else chosen
    options = sorted(((slug_of(iri), page.graph.label(iri, page.lang)) for iri in things), key=lambda item: item[1].casefold())
    return Choice(name, label, options, wanted)
