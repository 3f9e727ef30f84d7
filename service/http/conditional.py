"""Conditional requests (RFC 9110, section 13): preconditions of a GET or HEAD against its whole answer.

Ranges are not served: a request with Range or If-Range gets the whole answer, as section 14.2 allows.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Self

from starlette.datastructures import Headers

from .headers import NOSNIFF, POLICY, REFERRER, VERSION, RawHeader

CONDITIONAL = frozenset(
    (
        b"if-match",
        b"if-none-match",
        b"if-modified-since",
        b"if-unmodified-since",
        b"if-range",
        b"range",
    )
)
# Headers that a 304 has in common with its 200. The policy is among them, since a browser may
# put the headers of a 304 in the place of those that it holds.
NOT_MODIFIED = frozenset(
    (
        b"cache-control",
        b"content-location",
        b"etag",
        b"expires",
        b"vary",
        POLICY,
        NOSNIFF[0],
        REFERRER[0],
        VERSION,
    )
)
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The preconditions of a request; None where a header is absent."""

    match: str | None
    none_match: str | None
    modified_since: str | None
    unmodified_since: str | None

    @classmethod
    def read(cls, headers: Headers) -> Self | None:
        """Those of a request, or None where it has none. Headers in several lines are joined."""
        names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
        values = [", ".join(headers.getlist(name)) if name in headers else None for name in names]
        return None if values == [None] * len(names) else cls(*values)

    def status(self, etag: str, last_modified: str | None) -> int:
        """The status for a 200 with these validators: 200, 304 or 412, by the order of section 13.2.2."""
        if self.match is not None:
            if not _names(self.match, etag, strong=True):
                return 412
        elif _is_after(last_modified, self.unmodified_since):
            return 412
        if self.none_match is not None:
            return 304 if _names(self.none_match, etag, strong=False) else 200
        if self.modified_since is None or _moment(last_modified) is None:
            return 200
        is_known = _moment(self.modified_since) is not None
        return 304 if is_known and not _is_after(last_modified, self.modified_since) else 200


def not_modified(headers: Iterable[RawHeader]) -> list[RawHeader]:
    """Headers of a 304, out of those of its 200."""
    return [header for header in headers if header[0] in NOT_MODIFIED]


def _names(header: str, etag: str, strong: bool) -> bool:
    """Whether a list of entity tags names this one; ``*`` names any."""
    if header.strip() == "*":
        return True
    weak, opaque = etag.startswith("W/"), etag.removeprefix("W/")
    if strong and weak:
        return False
    found = _TAG.findall(header)
    return any(tag == opaque and not (strong and prefix) for prefix, tag in found)


def _is_after(one: str | None, other: str | None) -> bool:
    """Whether a moment is after another; False where one of them is unknown or cannot be read."""
    first, second = _moment(one), _moment(other)
    return first is not None and second is not None and first > second


def _moment(text: str | None) -> datetime.datetime | None:
    """An HTTP date; None for anything else."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
