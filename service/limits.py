"""The limits of queries and of look-ups, as the settings have them."""

from __future__ import annotations

from kg.settings import Settings
from kg.workers.client import Limits

from .http.concurrency import WorkLimits


def limits_of(settings: Settings) -> Limits:
    """The limits of queries, as set."""
    return Limits(
        seconds=settings.query_seconds,
        rows=settings.query_rows,
        size=settings.query_bytes,
        memory=settings.query_memory_mb * 1_000_000,
        workers=settings.queries,
        waiting=settings.query_waiting,
        patience=settings.query_patience,
        quick=settings.quick_seconds,
        spool=settings.spool_bytes,
    )


def work_limits_of(settings: Settings) -> WorkLimits:
    """The limits of look-ups, as set."""
    return WorkLimits(
        lookups=settings.lookups,
        seconds=settings.lookup_seconds,
        whole=settings.whole,
        whole_seconds=settings.whole_seconds,
        waiting=settings.lookup_waiting,
        patience=settings.lookup_patience,
    )
