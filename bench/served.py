"""A service of its own for a measurement, and how results are shown."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 600
STOP_SECONDS = 60


class Service:
    """`lode serve` on a free port of 127.0.0.1 with these settings, for as long as the block lasts.

    ``log``: where its log goes, else to this process's streams. ``awaited``: the path whose 200
    says that it has started; ``/healthz`` answers from the first moment.
    """

    def __init__(
        self,
        *words: str,
        log: Path | None = None,
        awaited: str = "/readyz",
        **settings: str,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._awaited = awaited
        command = [sys.executable, "-m", "service", "serve", "--port", str(self.port), *words]
        said = None if log is None else log.open("ab")
        try:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **settings},
                cwd=ROOT,
                stdout=said,
                stderr=said,
            )
        finally:
            if said is not None:
                said.close()

    def __enter__(self) -> Service:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self._awaited}").close()
                return self
            except urllib.error.HTTPError as error:
                error.close()
            except OSError:
                pass
            time.sleep(0.05)
        self.__exit__()
        raise SystemExit("The service did not start.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def family(self) -> set[int]:
        """The process of the service and those below it."""
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                told = folder.joinpath("stat").read_text()
                parents[int(folder.name)] = int(told.rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
        found = {self.process.pid}
        for _ in range(3):  # generations
            found |= {pid for pid, parent in parents.items() if parent in found}
        return found

    def resident(self) -> int:
        """Bytes of memory that the service and the processes that it started hold."""
        held = 0
        for pid in self.family():
            try:
                held += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                continue
        return held * os.sysconf("SC_PAGE_SIZE")

    def memory(self, name: str = "VmRSS") -> int:
        """Bytes that the process of the service itself holds; ``VmHWM``: the most since
        ``forget_peak``."""
        return memory_of(self.process.pid, name)

    def forget_peak(self) -> int:
        """Measure ``VmHWM`` afresh from now on; the bytes that are held now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        return self.memory()

    def spooled(self) -> int:
        """Bytes of disk in files that the service holds open and that have no name any more."""
        held = 0
        for path in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                if os.readlink(path).endswith("(deleted)"):
                    held += path.stat().st_blocks * 512
            except OSError:
                continue
        return held


def memory_of(pid: int, name: str) -> int:
    """Bytes of memory of a process by a name of ``/proc/PID/status``; 0 where it is gone."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(name)) * 1024


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as Markdown has it."""
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(f'{cell:.1f}' if isinstance(cell, float) else str(cell) for cell in row)} |")
