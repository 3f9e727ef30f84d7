"""What the pool of queries tells of its work to whoever measures or logs it. Knows neither metrics nor logs."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERED = "answered"


@dataclass(frozen=True)
class QueryRun:
    """One query that was run, or that waited in vain for a place.

    ``lane``: where it ran last, empty where it found no place. ``outcome``: answered, cached, invalid, time, memory, depth, bytes,
    client (hung up), busy, store or failed. ``waited`` and ``seconds``: time for a place, and at work. ``rows``: as written.
    """

    text: str
    key: str
    lane: str
    outcome: str
    waited: float
    seconds: float
    rows: int


class Observer:
    """Is told what happens in the pool, in whatever thread it happens; this one does nothing."""

    def finished(self, run: QueryRun) -> None:
        """A query ended."""

    def replaced(self, lane: str, reason: str) -> None:
        """A query process was ended or had died: time, memory, depth, client, killed, large, start or aborted."""

    def cached(self, hit: bool) -> None:
        """A query was looked for among the answers that are kept."""


class Observers(Observer):
    """Several observers as one."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def finished(self, run: QueryRun) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.finished(run)

    def replaced(self, lane: str, reason: str) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.replaced(lane, reason)

    def cached(self, hit: bool) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.cached(hit)
