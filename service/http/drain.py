"""How a server process stops: on SIGTERM it says so at once, takes requests for a while yet, then finishes what runs."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .logging import ROOT, fields

SPARE = 5.0  # seconds beyond all limits that a process without a parent is left to end by itself
log = logging.getLogger(ROOT)


class Drain:
    """The time between SIGTERM and the end of listening: ``seconds`` long. The server's own handler of the signal comes after it.

    A second SIGTERM changes nothing, since a supervisor may send it to a whole group of processes that send it to one another;
    SIGINT ends at once.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.has_begun = False

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Take SIGTERM before the server does, within this block; only in a main thread, where signals can be taken."""
        server = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread() or not callable(server):
            yield
            return
        signal.signal(signal.SIGTERM, self._handler(asyncio.get_running_loop(), server))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, server)

    def _handler(
        self, loop: asyncio.AbstractEventLoop, server: Callable[[int, FrameType | None], object]
    ) -> Callable[[int, FrameType | None], None]:
        def stop(number: int) -> None:
            log.info("draining", extra=fields(seconds=self._seconds))
            loop.call_later(self._seconds, server, number, None)

        def begin(number: int, frame: FrameType | None) -> None:
            if not self.has_begun:
                self.has_begun = True
                loop.call_soon_threadsafe(stop, number)

        return begin


def follow_parent(seconds: float) -> None:
    """Where this is one of several server processes: stop as on SIGTERM once the process that started it is gone, within this time."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        log.warning("the parent process is gone")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(seconds + SPARE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
