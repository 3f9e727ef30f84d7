"""A deadline that work in a thread keeps by itself: nothing can end a thread from outside, so long work looks at the clock as it goes.

Set for the context of a request, and seen in the threads that work for it. Without one, nothing is limited.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from .errors import Busy

T = TypeVar("T")
EVERY = 256  # items between two looks at the clock


@dataclass(frozen=True)
class Deadline:
    """The moment (of the monotonic clock) at which work is over, and how many seconds it had."""

    at: float
    seconds: float


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """Give what runs inside, and the threads that it starts, so many seconds from now."""
    given = Deadline(time.monotonic() + seconds, seconds)
    token = _current.set(given)
    try:
        yield given
    finally:
        _current.reset(token)


def check() -> None:
    """Look at the clock. Raises Busy with the limit “time” where the time is over."""
    current = _current.get()
    if current is None or time.monotonic() < current.at:
        return
    raise Busy(
        f"The answer took more than {current.seconds:g} seconds.",
        "Ask for less, or again in a moment: what was found so far is kept.",
        limit="time",
        retry_after=max(1, round(current.seconds)),
    )


def left() -> float | None:
    """Seconds that are left, never less than a moment; None where nothing is limited."""
    current = _current.get()
    return None if current is None else max(0.001, current.at - time.monotonic())


def checked(items: Iterable[T]) -> Iterator[T]:
    """The items as they come, with a look at the clock before the first and every so many. Raises Busy."""
    for number, item in enumerate(items):
        if number % EVERY == 0:
            check()
        yield item
