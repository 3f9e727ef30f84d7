"""A service of its own for a measurement, and how results are shown."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path

START_SECONDS = 180


class Service:
    """`lode serve` on a free port of 127.0.0.1 with these settings, for as long as the block lasts."""

    def __init__(self, *words: str, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "kg", "serve", "--port", str(self.port), *words]
        self.process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=Path(__file__).parent.parent)

    def __enter__(self) -> Service:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz").close()
                return self
            except OSError:
                time.sleep(0.1)
        self.process.kill()
        raise SystemExit("The service did not start.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def resident(self) -> int:
        """Bytes of memory that the service and the processes that it started hold."""
        held, parents = {}, {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
                held[int(folder.name)] = int(folder.joinpath("statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except (OSError, IndexError):
                continue
        found = {self.process.pid}
        for _ in range(3):  # generations
            found |= {pid for pid, parent in parents.items() if parent in found}
        return sum(held.get(pid, 0) for pid in found)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as Markdown has it."""
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(f'{cell:.1f}' if isinstance(cell, float) else str(cell) for cell in row)} |")
