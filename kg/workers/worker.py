"""A process that answers free queries until it is told to stop, or killed: ``python -m kg.workers.worker STORE MEMORY UNION [LIFELINE]``.

Frames on standard input and output: four bytes of length, one of kind, then the content. In come jobs (JSON); out go ``C`` a chunk,
``D`` done (JSON with rows and whether rows are missing), ``E`` an error (JSON). Knows the store, the scan and the results.
"""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import IO, Any

from ..errors import BadQuery, LodeError, shown
from ..sparql.guard import Scan
from ..store import disk_cache
from ..store.oxigraph import Store
from ..store.remote import open_store
from ..store.result_writer import TooManyBytes, Writer, boolean
from . import lifeline

HEAD = struct.Struct(">IB")
NICENESS = 10  # free queries yield to look-ups


def frame(kind: bytes, content: bytes) -> bytes:
    """A frame as it goes through a pipe."""
    return HEAD.pack(len(content), kind[0]) + content


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """Read one frame. Raises EOFError where the other side is gone."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    length, kind = HEAD.unpack(head)
    content = pipe.read(length) if length else b""
    if len(content) < length:
        raise EOFError
    return bytes([kind]), content


def answer(store: Store, job: dict[str, Any], out: IO[bytes], union: bool) -> dict[str, Any]:
    """Run one job and write its chunks; returns what ends it. Raises LodeError, TooManyBytes, MemoryError."""
    text, seen = job["text"], Scan(*job["seen"])
    dataset = {"default": job["default"], "named": job["named"], "union": union and not seen.has_dataset, "base": job["base"]}
    is_graph = seen.form in ("CONSTRUCT", "DESCRIBE")
    format = job["graph"] if is_graph else job["rows"]
    writer = Writer(lambda chunk: out.write(frame(b"C", chunk)), job["bytes"], "" if is_graph or seen.form == "ASK" else format)
    written, cut = 0, False
    if seen.form == "ASK":
        writer.write(boolean(store.ask(text, **dataset), format))
    elif is_graph:
        written, cut = store.write_graph(seen, text, format, writer, job["most"], **dataset)
    else:
        limited = seen.with_limit(text, job["most"])
        try:
            store.write_rows(limited, format, writer, **dataset)
        except BadQuery:
            store.has_more(text, 0, **dataset)  # the same complaint, its place in the query as it was sent
            raise
        written = writer.rows
        at_limit = written >= job["most"] and limited != text
        cut = at_limit and store.has_more(seen.with_limit(text, job["most"] + 1), job["most"], **dataset)
    writer.flush()
    return {"format": format, "is_graph": is_graph, "rows": written, "cut": cut}


def reply(store: Store, job: dict[str, Any], out: IO[bytes], union: bool) -> tuple[bytes, dict[str, Any]]:
    """Run one job; the kind and the content of the frame that ends it."""
    try:
        return b"D", answer(store, job, out, union)
    except TooManyBytes:
        return b"E", {"kind": "bytes", "most": job["bytes"]}
    except MemoryError:
        return b"E", {"kind": "memory"}
    except (RuntimeError, ValueError, OSError) as error:  # what the engine finds out only as it evaluates
        told = disk_cache.damage(store.path, error) if store.path else None
        return b"E", _error(told or BadQuery(f"The query cannot be answered: {shown(error)}."))
    except LodeError as error:
        return b"E", _error(error)


def _error(error: LodeError) -> dict[str, Any]:
    kind = "query" if isinstance(error, BadQuery) else type(error).__name__
    return {"kind": kind, "detail": error.detail, "advice": error.advice, "extra": error.extra}


def memory() -> Callable[[], int]:
    """What tells the bytes of memory that this process holds; 0 where the system does not say."""
    try:
        told, page = os.open("/proc/self/statm", os.O_RDONLY), os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return lambda: 0
    return lambda: int(os.pread(told, 100, 0).split()[1]) * page


def confine(memory: int) -> None:
    """Keep this process within its memory, behind others, without core dumps; and leave it to its parent to end it."""
    for name in ("SIGINT", "SIGTERM"):  # a terminal or a supervisor sends these to the whole group
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(NICENESS)


def set_alarm(seconds: float) -> None:
    """Have the system end this process in a second more than this (0: never), should its parent no longer be there to do so."""
    if sys.platform != "win32":
        signal.alarm(math.ceil(seconds) + 1 if seconds else 0)


def main() -> None:
    """Answer jobs until the input ends."""
    path, most, union, *handles = sys.argv[1:5]
    for handle in handles:
        lifeline.hold(int(handle))
    confine(int(most))
    resident = memory()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    store = open_store(path)
    out.write(frame(b"D", b"{}"))
    while True:
        out.flush()
        try:
            _, content = receive(source)
        except EOFError:
            return
        job = json.loads(content)
        set_alarm(job["seconds"])
        kind, told = reply(store, job, out, union == "union")
        set_alarm(0)
        out.write(frame(kind, json.dumps({**told, "resident": resident()}).encode()))


if __name__ == "__main__":
    main()
