"""Answers of queries: what one is, the small ones kept for whoever asks the same again, the large ones counted.

Knows no process and no store.
"""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Generic, TypeVar

from ..deadline import check
from ..errors import Busy
from ..store.result_writer import CHUNK

T = TypeVar("T")
BUFFER = 1_000_000  # bytes of an answer that are kept in memory; more go to a temporary file


@dataclass
class Answer:
    """An answer: its format (of results.MEDIA_TYPES, or of store.RDF_FORMATS where ``is_graph``), whether rows were cut off, its bytes.

    Small answers are in ``body``; larger ones in a temporary file, ``spool``, so that memory stays constant and nothing is sent
    before it is known how the query ends.
    """

    format: str
    is_graph: bool
    cut: bool
    body: bytes = b""
    spool: IO[bytes] | None = None
    release: Callable[[], object] | None = field(default=None, repr=False, compare=False)

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece; to be read once where there is a spool."""
        if self.spool is None:
            yield self.body
            return
        try:
            while piece := self.spool.read(CHUNK):
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Remove the temporary file, and count its bytes no more; for who does not read all."""
        if self.spool is not None:
            self.spool.close()
        if self.release is not None:
            self.release()


class Kept(Generic[T]):
    """What was found by key, up to a size altogether; the longest unused is forgotten first. Right where the data never change."""

    def __init__(self, most: int, entry_most: int) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self.most, self._entry_most, self._size = most, entry_most, 0

    def get(self, key: Hashable) -> T | None:
        """What is kept under a key."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep a value, if it is small enough."""
        with self._lock:
            if size > self._entry_most or key in self._found:
                return
            self._found[key] = (value, size)
            self._size += size
            while self._size > self.most:
                self._size -= self._found.popitem(last=False)[1][1]

    def items(self) -> list[tuple[Any, T]]:
        """All that is kept, with its keys, the longest unused first."""
        with self._lock:
            return [(key, value) for key, (value, _) in self._found.items()]


class Spools:
    """Counts the bytes of large answers that wait on disk for their readers, at most ``most`` together.

    ``retry_after``: the seconds after which to try again, for who finds no room.
    """

    def __init__(self, most: int, retry_after: int = 1) -> None:
        self._lock = threading.Lock()
        self.most = most
        self.retry_after = retry_after
        self.size = 0

    def take(self, size: int) -> bool:
        """Count more bytes; False where there is no room."""
        with self._lock:
            has_room = self.size + size <= self.most
            self.size += size if has_room else 0
            return has_room

    def give_back(self, size: int) -> None:
        """Bytes that are gone."""
        with self._lock:
            self.size -= size

    def hold(self, answer: Answer, size: int) -> None:
        """Give bytes back once the answer is closed, or nobody holds it any more."""
        answer.release = weakref.finalize(answer, self.give_back, size)


class Spool:
    """A file that an answer is written to: up to ``BUFFER`` bytes in memory, else in a temporary file whose bytes are counted.

    Every write looks at the deadline of the request, too. With ``most``, a longer answer is refused. Raises Busy where large answers
    have no room left or the disk takes no more, OverflowError past ``most``.
    """

    def __init__(self, spools: Spools, most: int | None = None) -> None:
        self._spools, self.most = spools, most
        self._held = bytearray()
        self._counted = 0
        self._file: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._counted + len(self._held)

    def fits(self, size: int) -> bool:
        """Whether so many more bytes stay in memory, so that writing them waits for nothing."""
        return self._file is None and len(self._held) + size <= BUFFER

    def write(self, data: bytes) -> int:
        """Take bytes."""
        check()
        if self.most is not None and self.size + len(data) > self.most:
            raise OverflowError(f"more than {self.most:,} bytes")
        self._held += data
        if len(self._held) > (BUFFER if self._file is None else CHUNK):
            self._spill()
        return len(data)

    def flush(self) -> None:
        """Nothing: what is held is handed on by ``answer``."""

    def answer(self, format: str, is_graph: bool = True, cut: bool = False) -> Answer:
        """All that was written, as an answer."""
        if self._file is None:
            return Answer(format, is_graph, cut, bytes(self._held))
        self._spill()
        self._file.seek(0)
        found = Answer(format, is_graph, cut, spool=self._file)
        self._spools.hold(found, self._counted)
        self._file, self._counted = None, 0
        return found

    def drop(self) -> None:
        """Forget what was written, as far as no answer has it."""
        if self._file is not None:
            with suppress(OSError):  # what a full disk did not take
                self._file.close()
        self._spools.give_back(self._counted)
        self._file, self._counted = None, 0

    def _spill(self) -> None:
        size = len(self._held)
        if not self._spools.take(size):
            raise Busy(
                "Too many large answers are on their way.", "Try again in a moment.", limit="spool", retry_after=self._spools.retry_after
            )
        self._counted += size
        try:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
            self._file.write(self._held)
            self._file.flush()
        except OSError as error:
            told = f"A large answer cannot be held on disk: {error.strerror or error}."
            raise Busy(told, "Ask for less, or try again later.", limit="disk", retry_after=self._spools.retry_after) from error
        self._held.clear()


def spooled(spools: Spools, write: Callable[[Spool], object], format: str, most: int | None = None) -> Answer:
    """What ``write`` writes to a spool, as an answer. Raises Busy, OverflowError, and what ``write`` raises."""
    spool = Spool(spools, most)
    try:
        write(spool)
        return spool.answer(format)
    finally:
        spool.drop()
