"""A process that answers free queries until it is told to stop, or killed: ``python -m kg.worker STORE MEMORY UNION``.

Frames on standard input and output: four bytes of length, one of kind, then the content. In come jobs (JSON); out go ``C`` a chunk,
``D`` done (JSON with rows and whether rows are missing), ``E`` an error (JSON). Knows the store, the scan and the results.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import IO, Any

from .errors import BadQuery, LodeError
from .remote import open_store
from .results import TooManyBytes, Writer, boolean
from .scan import scan
from .store import Store

HEAD = struct.Struct(">IB")
NICENESS = 10  # free queries yield to look-ups


def send(pipe: IO[bytes], kind: bytes, content: bytes) -> None:
    """Write one frame."""
    pipe.write(HEAD.pack(len(content), kind[0]) + content)
    pipe.flush()


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
    text, seen = job["text"], scan(job["text"])
    dataset = {"default": job["default"], "named": job["named"], "union": union and not seen.has_dataset, "base": job["base"]}
    is_graph = seen.form in ("CONSTRUCT", "DESCRIBE")
    format = job["graph"] if is_graph else job["rows"]
    writer = Writer(lambda chunk: send(out, b"C", chunk), job["bytes"], "" if is_graph or seen.form == "ASK" else format)
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


def main() -> None:
    """Answer jobs until the input ends."""
    path, memory, union = sys.argv[1:4]
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
        os.nice(NICENESS)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    store = open_store(path)
    send(out, b"D", b"{}")
    while True:
        try:
            _, content = receive(source)
        except EOFError:
            return
        try:
            done = answer(store, json.loads(content), out, union == "union")
            send(out, b"D", json.dumps(done).encode())
        except TooManyBytes:
            send(out, b"E", json.dumps({"kind": "bytes"}).encode())
        except MemoryError:
            send(out, b"E", json.dumps({"kind": "memory"}).encode())
        except (RuntimeError, ValueError, OSError) as error:  # what the engine finds out only as it evaluates
            send(
                out,
                b"E",
                json.dumps({"kind": "query", "detail": f"The query cannot be answered: {error}.", "advice": "", "extra": {}}).encode(),
            )
        except LodeError as error:
            kind = "query" if isinstance(error, BadQuery) else type(error).__name__
            send(out, b"E", json.dumps({"kind": kind, "detail": error.detail, "advice": error.advice, "extra": error.extra}).encode())


if __name__ == "__main__":
    main()
