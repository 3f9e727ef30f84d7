"""Response models of two episodes side by side."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, Field

from .analysis_models import Node


class EpisodeEntry(BaseModel):
    """An instrument or an answer: the thing, what it is a step of, when, and who says so."""

    thing: Node
    of: Node
    step: str | None
    day: str | None
    certainty: str
    place: str
    statement: str
    document: str


class EpisodeAnswer(EpisodeEntry):
    """What the importer did in the period; that it answered a measure is not claimed."""

    months: int | None = Field(description="Whole months since the first instrument of the period.")


class YearShare(BaseModel):
    """The supplier's part of the importer's purchases of the mineral in value, in percent."""

    year: int
    percent: float
    document: str


class Episode(BaseModel):
    """One period."""

    since: datetime.date
    until: datetime.date
    first_instrument: datetime.date | None
    instruments: list[EpisodeEntry]
    minerals: list[Node]
    targets: list[Node]
    affected: list[Node]
    answers: list[EpisodeAnswer]
    shares: list[YearShare]
    prices: list[dict[str, Any]]


class Episodes(BaseModel):
    """Two periods under the same headings."""

    supplier: Node
    importer: Node
    mineral: Node
    episodes: list[Episode]
