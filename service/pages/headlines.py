"""Cells of a headline: the country and its share, or why there is none; and of what documents state, apart from it."""

from __future__ import annotations

from typing import Any

from kg.namespaces import CODE
from kg.views.headlines import Headline

from .page import Page
from .tables import Cell, number


def headed(page: Page, head: Headline | None) -> tuple[Cell, Cell]:
    """The country with its year, source and notes, and its share; without one, why, and no data. A group's share is no number here."""
    if head is None:
        return page.no_data(), page.no_data()
    if not head.country or head.share is None:
        return Cell(reason(page, head), tone="soft"), page.no_data()
    notes = [str(head.year), *filter(None, (of_group(page, head), _form(page, head)))]
    notes += [page.graph.label(f"{CODE}note/{note}", page.lang) for note in head.notes]
    country = page.thing(head.country, notes=tuple(notes), sources=page.sources.mark(head.document))
    text = bounded(page, head)
    return country, Cell(text, notes=(of_group(page, head),)) if head.via else Cell(text, head.share)


def bounded(page: Page, head: Headline) -> str:
    """The share as text, with the bound where it is only that."""
    before = {"at-least": page.say("at least ", "少なくとも "), "at-most": page.say("at most ", "最大 ")}.get(head.bound, "")
    return before + number(head.share, 3)


def reason(page: Page, head: Headline) -> str:
    """Why there is no figure, in words; with the year where a series ended."""
    return f"{head.reason_label}: {head.ended}" if head.ended else head.reason_label


def of_group(page: Page, head: Headline) -> str:
    """That the figure is of the whole group, where it is."""
    name = page.graph.label(head.via, page.lang) if head.via else ""
    return page.say(f"of all {name}", f"{name}全体") if name else ""


def _form(page: Page, head: Headline) -> str:
    return page.graph.label(head.material, page.lang) if head.material else ""


def stated(page: Page, row: dict[str, Any] | None) -> Cell:
    """The first supplier that a document states, with its bound and the document's year; no number to sort or to reckon with."""
    told = row and row["stated"]
    if not told:
        return page.no_data()
    least = number(told["at_least"], 3)
    bound = page.say(f"{least} % or more", f"{least}％以上")
    notes = tuple(filter(None, (bound, str(told["year"] or ""))))
    return page.thing(told["supplier"]["iri"], notes=notes, sources=page.sources.mark(told["document"]))
