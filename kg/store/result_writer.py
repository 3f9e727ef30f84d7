"""Where query results go on their way out: a writer that hands on chunks, counts bytes and rows, and stops at the limit of bytes.

The engine itself serialises; rows are counted by what parts them in each format, which no escaped text can contain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from traceback import clear_frames
from typing import ParamSpec, TypeVar

from .values import Output

MEDIA_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
P = ParamSpec("P")
T = TypeVar("T")
CHUNK = 65_536
CARRIAGE_RETURN = b"&#13;"  # how XML must write it: a reader takes a bare one for the end of a line


class TooManyBytes(Exception):
    """The answer has more bytes than allowed."""


def in_thread(call: Callable[P, T]) -> Callable[P, T]:
    """A function that reads from the engine: an error leaves behind none of the engine's iterators, which may not end in another thread."""

    @wraps(call)
    def run(*args: P.args, **named: P.kwargs) -> T:
        try:
            return call(*args, **named)
        except BaseException as error:
            clear_frames(error.__traceback__)
            del args, named
            raise

    return run


class Sink:
    """A file for the engine to write to. After the first error, of writing or of what is read meanwhile, it takes all else and drops it:
    the engine writes once more as it lets go of a file, where an error would have nobody to tell."""

    def __init__(self, output: Output) -> None:
        self._output, self._has_failed = output, False

    def write(self, data: bytes) -> int:
        """Take bytes. Raises what the file raises, once."""
        if not self._has_failed:
            with self._watched():
                self._output.write(data)
        return len(data)

    def flush(self) -> None:
        """Hand on what is held."""
        if not self._has_failed:
            with self._watched():
                self._output.flush()

    def reading(self, items: Iterable[T]) -> Iterator[T]:
        """The items as they come. Raises what they raise."""
        with self._watched():
            yield from items

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._has_failed = True
            raise


class Escaped:
    """A file for XML to be written to, through which a carriage return inside text reaches a reader."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._output.write(data.replace(b"\r", CARRIAGE_RETURN))
        return len(data)

    def flush(self) -> None:
        """Hand on what is held."""
        self._output.flush()


# What stands between rows (before each row in XML). In JSON a name and a colon follow, which no value can imitate, since its quotes are
# escaped; or the end of a row without bindings, which a value can imitate.
_MARKS = {
    "json": re.compile(rb'(?<=\}),\{(?:"[^"\\]+":\{|\})'),
    "xml": re.compile(rb"<result>"),
    "tsv": re.compile(rb"\n"),
    "csv": re.compile(rb"\r\n"),
}
_LONGEST_MARK = 512


class Writer:
    """A file for the engine to write to: chunks go to ``send``; ``rows`` counts what was written of a SELECT in ``format``."""

    def __init__(self, send: Callable[[bytes], object], most: int, format: str = "") -> None:
        self._send = send
        self._most = most
        self._format = format
        self._mark = _MARKS.get(format)
        self._marks = 0
        self._begin = b""
        self._carry = b""
        self._quoted = False
        self._held = bytearray()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take bytes, which come in many small pieces. Raises TooManyBytes."""
        self._held += data
        if len(self._held) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Hand on what is held, in pieces of no more than a chunk. Raises TooManyBytes."""
        data = bytes(self._held)
        self._held.clear()
        if self._format == "xml":
            data = data.replace(b"\r", CARRIAGE_RETURN)
        self.size += len(data)
        if self.size > self._most:
            raise TooManyBytes
        if self._mark:
            self._count(data)
        for start in range(0, len(data), CHUNK):
            self._send(data[start : start + CHUNK])

    @property
    def rows(self) -> int:
        """Rows written; in JSON not fewer than these, and more only where a value looks like the end of a row."""
        if self._format == "json":
            return self._marks + (b'"bindings":[{' in self._begin)
        return self._marks - (self._format in ("csv", "tsv"))

    def _count(self, data: bytes) -> None:
        assert self._mark is not None
        if len(self._begin) < CHUNK:
            self._begin += data[:CHUNK]
        if self._format == "csv":
            data = self._outside_quotes(data)
        seen = len(self._carry)
        self._marks += sum(match.end() > seen for match in self._mark.finditer(self._carry + data))
        self._carry = (self._carry + data)[-_LONGEST_MARK:]

    def _outside_quotes(self, data: bytes) -> bytes:
        """CSV without its quoted values, whose line ends part no rows."""
        pieces = data.split(b'"')
        kept = [piece for place, piece in enumerate(pieces) if (place % 2 == 0) != self._quoted]
        self._quoted ^= len(pieces) % 2 == 0
        return b"".join(kept)


def boolean(value: bool, format: str) -> bytes:
    """An ASK's result; CSV and TSV give the bare word, since the standard names no form for them."""
    word = "true" if value else "false"
    if format == "json":
        return json.dumps({"head": {}, "boolean": value}).encode()
    if format == "xml":
        return f'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{word}</boolean></sparql>'.encode()
    return f"{word}\n".encode()
