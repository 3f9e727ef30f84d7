"""Pages of single things at the addresses of the look-ups: the sections of their kind, then what all pages of things have."""

from __future__ import annotations

from fastapi.responses import Response

from kg.namespaces import kind_of

from ..deps import PLURALS
from .kinds import SECTIONS
from .page import Page, ThePage, router
from .thing_sections import dossier

pages = router()


def shown(page: Page, iri: str) -> Response:
    """The page of any thing."""
    page.check()
    make = SECTIONS.get(kind_of(iri))
    found = make(page, iri) if make else []
    return dossier(page, iri, [section for section in found if section])


def _add(plural: str, kinds: tuple[str, ...]) -> None:
    def one(page: ThePage, slug: str) -> Response:
        return shown(page, str(page.graph.resolve(slug, kinds)))

    slug = "{slug:path}" if plural == "documents" else "{slug}"
    pages.add_api_route(f"/{plural}/{slug}", one)


for _plural, _kinds in {**PLURALS, "measures": ("measure",)}.items():
    _add(_plural, _kinds)
