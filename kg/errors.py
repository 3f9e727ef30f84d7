"""What can go wrong, in words a user can act on. Knows nothing else of the library."""

from __future__ import annotations

SHOWN_MOST = 200  # characters of what was given that an error shows


def shown(given: object) -> str:
    """What was given, as an error shows it: its first ``SHOWN_MOST`` characters, and nothing that no encoding has."""
    text = str(given)[: SHOWN_MOST + 1]
    text = text if len(text) <= SHOWN_MOST else f"{text[: SHOWN_MOST - 1]}…"
    return text.encode("utf-8", "replace").decode("utf-8")


class LodeError(Exception):
    """Base of every error that this library raises on purpose.

    ``title`` names the kind of error, ``detail`` what was wrong, ``advice`` what would be right.
    """

    title = "Error"

    def __init__(self, detail: str, advice: str = "", **extra: object) -> None:
        super().__init__(f"{detail} {advice}".strip())
        self.detail = detail
        self.advice = advice
        self.extra = extra


class UnknownName(LodeError):
    """A slug, IRI, query or format that is not known; ``near`` in ``extra`` lists the closest known ones."""

    title = "Unknown name"


class BadParameter(LodeError):
    """A parameter that is missing, unknown or has a value of the wrong form."""

    title = "Bad parameter"


class BadQuery(LodeError):
    """SPARQL that cannot be read, or that asks for what is refused; ``line`` and ``column`` in ``extra`` where known."""

    title = "Bad query"


class MixedBases(LodeError):
    """Figures that count unlike things (oxide, contained metal, gross weight, value, years) asked for in one sum; ``kinds`` lists them."""

    title = "Mixed bases"


class LimitReached(LodeError):
    """A query that was stopped at a limit; ``limit`` in ``extra`` names it."""

    title = "Limit reached"


class Busy(LodeError):
    """Every place for a query is taken; ``retry_after`` in ``extra`` gives seconds to wait."""

    title = "Busy"


class StoreGone(LodeError):
    """The store cannot be reached, or holds no data or other data than this program needs; ``retry_after`` in ``extra``."""

    title = "Store out of reach"


class StoreFailed(LodeError):
    """The store could not give its answer, or only a part: an error of its own, damage, no room on the disk."""

    title = "Store failed"


class BadFacts(LodeError):
    """Source text that cannot be read or does not pass the checks; ``findings`` in ``extra`` lists each with its file."""

    title = "Bad facts"
