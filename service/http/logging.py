"""One log for everything that a server process says: one format, one line a record, the request's id on each.

Whatever comes from a request is escaped, so that it can neither end a line nor begin another.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kg.settings import Settings
from kg.workers.observer import ANSWERED, Observer, QueryRun

ROOT = "lodegraph"
TEXT_MOST = 500  # characters of a query that are logged
VALUE_MOST = 1_000  # characters of any other value
_WELL_FORMED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_PLAIN = re.compile(r"[!#-<>-~]+")  # a value that needs no quotes: no space, no quotation mark, no equals sign
_CONTROL = re.compile(r"[^ -~]")
_STOPPED = ("time", "memory", "depth", "bytes")

request_id: ContextVar[str] = ContextVar("request_id", default="")
access = logging.getLogger(f"{ROOT}.access")
queries = logging.getLogger(f"{ROOT}.query")


def new_request_id(given: str | None) -> str:
    """The id that a client or a proxy gave, where it is short and of plain characters; else one of our own."""
    if given and _WELL_FORMED.fullmatch(given):
        return given
    return uuid.uuid4().hex


def fields(**values: Any) -> dict[str, Any]:
    """Named values for a line of the log: ``log.info("...", extra=fields(status=200))``."""
    return {"fields": values}


class _Formatter(logging.Formatter):
    """What both forms have in common: time in UTC, the values of a record."""

    def values(self, record: logging.LogRecord) -> dict[str, Any]:
        """The named values of a record, with the id of the request it belongs to."""
        found = {name: _cut(value) for name, value in getattr(record, "fields", {}).items() if value is not None}
        asked = request_id.get()
        return {**({"request_id": asked} if asked else {}), **found}

    def time(self, record: logging.LogRecord) -> str:
        """When it was said, to the millisecond."""
        told = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def trace(self, record: logging.LogRecord) -> str:
        """The traceback of a record, or nothing."""
        return self.formatException(record.exc_info) if record.exc_info else ""


class TextFormatter(_Formatter):
    """``TIME LEVEL LOGGER MESSAGE name=value ...``; lines of a traceback are set in."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        values = " ".join(f"{name}={_quoted(value)}" for name, value in self.values(record).items())
        head = f"{self.time(record)} {record.levelname} {record.name} {_escaped(record.getMessage())}"
        trace = "".join(f"\n    | {_escaped(line)}" for line in self.trace(record).splitlines())
        return f"{head}{' ' if values else ''}{values}{trace}"


class JsonFormatter(_Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        found = {
            "time": self.time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _cut(record.getMessage()),
            **self.values(record),
        }
        if trace := self.trace(record):
            found["exception"] = trace
        return json.dumps(found, default=str)


def configure(settings: Settings) -> None:
    """Have every logger of this process, those of libraries too, write to standard error in the form that is set."""
    is_quiet = settings.log == "off"
    handler = _Handler()
    handler.setFormatter(JsonFormatter() if settings.log == "json" else TextFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(logging.WARNING if is_quiet else logging.INFO)
    access.setLevel(logging.INFO if settings.access_log and not is_quiet else logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "mcp"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "uvicorn.access"
        library.setLevel(logging.WARNING)
    logging.captureWarnings(True)


@contextmanager
def root_kept() -> Iterator[None]:
    """Undo what a library does to the root logger within this block."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


class _Handler(logging.StreamHandler[Any]):
    """Writes to standard error; where that cannot be written to, the line is lost and the service goes on."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def handleError(self, record: logging.LogRecord) -> None:
        """Lose the line."""


class QueryLog(Observer):
    """Logs queries that were slow or stopped at a limit, and query processes that were ended."""

    def __init__(self, slow: float) -> None:
        self._slow = slow

    def finished(self, run: QueryRun) -> None:
        """A query ended: a line for a slow one, a warning for one that was stopped."""
        is_stopped = run.outcome in _STOPPED
        if not is_stopped and (run.outcome != ANSWERED or run.seconds < self._slow):
            return
        told = fields(
            hash=run.key[:16],
            lane=run.lane,
            outcome=run.outcome,
            seconds=round(run.seconds, 3),
            waited=round(run.waited, 3),
            rows=run.rows,
            text=run.text[:TEXT_MOST],
        )
        queries.log(
            logging.WARNING if is_stopped else logging.INFO,
            "query stopped at a limit" if is_stopped else "slow query",
            extra=told,
        )

    def replaced(self, lane: str, reason: str) -> None:
        """A query process was ended, or had died; one that nobody here ended is an error of the machine."""
        level = logging.WARNING if reason in ("killed", "start", "memory", "depth") else logging.INFO
        queries.log(level, "query process replaced", extra=fields(lane=lane, reason=reason))


def _cut(value: Any) -> Any:
    return value[:VALUE_MOST] if isinstance(value, str) else value


def _escaped(text: str) -> str:
    """Text without control characters and in ASCII, on one line."""
    return _CONTROL.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _quoted(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
