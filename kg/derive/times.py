"""Times as documents write them (year, month or day): their first day, the day after, and the unit before."""

from __future__ import annotations

import datetime

FOREVER = datetime.date.max  # 9999-12-31: the day after of what has no known end
DAY = datetime.timedelta(days=1)
LENGTH_OF_YEAR, LENGTH_OF_MONTH, LENGTH_OF_DAY = 4, 7, 10


class Period:
    """What holds from ``first_day`` up to, not including, ``day_after``."""

    __slots__ = ()
    first_day: datetime.date
    day_after: datetime.date

    @property
    def is_open(self) -> bool:
        """Whether no end is known."""
        return self.day_after == FOREVER

    def holds(self, day: datetime.date) -> bool:
        """Whether the day lies within the period."""
        return self.first_day <= day < self.day_after


def first_day(text: str) -> datetime.date:
    """First day that a time written as ``2012``, ``2012-03`` or ``2012-03-13`` may mean. Raises ValueError."""
    parts = [int(part) for part in text.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    return datetime.date(year, month, day)


def day_after(text: str) -> datetime.date:
    """The day after the last that a written time may mean. Raises ValueError."""
    day = first_day(text)
    if len(text) == LENGTH_OF_YEAR:
        return day.replace(year=day.year + 1)
    if len(text) == LENGTH_OF_MONTH:
        return (day.replace(day=28) + 4 * DAY).replace(day=1)
    return day + DAY


def is_time(text: str) -> bool:
    """Whether a text is a written time: a year, month or day that exists."""
    try:
        return len(text) in (LENGTH_OF_YEAR, LENGTH_OF_MONTH, LENGTH_OF_DAY) and day_after(text) < FOREVER
    except (ValueError, OverflowError):
        return False


def unit_after(text: str) -> str:
    """The year, month or day after a written one, as precise as it."""
    return day_after(text).isoformat()[: len(text)]


def unit_before(text: str) -> str:
    """The year, month or day before a written one, as precise as it."""
    return (first_day(text) - DAY).isoformat()[: len(text)]


def last_before(after: datetime.date, written: str) -> str:
    """The last time before a day, as precise as that day is written; to the day where it is not."""
    return unit_before(written) if written else (after - DAY).isoformat()


def fiscal_year(text: str) -> tuple[str, str]:
    """First and last month of Japan's fiscal year that begins in a written year."""
    return f"{text}-04", f"{int(text) + 1:04d}-03"


def read_time(value: object) -> str:
    """A written time from a cell of a row; empty where there is none, or what stands there is no time."""
    text = str(value or "")
    return text if is_time(text) else ""


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day some years later; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def undated_from(issued: str) -> datetime.date:
    """From when what a document says without a time is taken to hold: the first day of the year before its issue.

    Documents speak of the time in which they are written and of the year before. The first day of all without an issue.
    """
    return datetime.date(max(first_day(issued).year - 1, 1), 1, 1) if issued else datetime.date.min
