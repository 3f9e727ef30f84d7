"""Built stores on disk: written aside and renamed, held while in use, cleared away when old.

A store is whole where its folder has its final name. What is being written has a name with a dot in it, and is locked by the process
that writes it: where nobody holds the lock, that process is dead. Knows no engine and nothing of what is in a store.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import StoreFailed

KEEP = 10  # built stores that are kept, the last used first
LOCK, DAMAGED = "in-use", "damaged"
_held: dict[Path, int] = {}


def folder() -> Path:
    """Where built stores are kept: ``LODE_CACHE``, else the user's cache folder."""
    configured = os.environ.get("LODE_CACHE")
    if configured:
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lodegraph"


def write(make: Callable[[Path], None], target: Path) -> None:
    """Have ``make`` write a store to a folder, and put it at ``target``, whole or not at all; clear away old ones and what dead processes
    left. Raises StoreFailed where the disk takes no more, or may not be written to."""
    try:
        _write(make, target)
    except (OSError, RuntimeError) as error:
        raise StoreFailed(
            f"{target.parent} cannot be written to: {error}.", "Make room there, or name another folder by LODE_CACHE."
        ) from error
    clear(target.parent, target)


def _write(make: Callable[[Path], None], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    lock = _lock(draft)
    try:
        make(draft / "store")
        _settle(draft / "store")
        try:
            os.rename(draft / "store", target)
        except OSError:
            if not target.exists():  # another process may have finished the same build first
                raise
        _settle(target.parent)
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(draft, ignore_errors=True)


def is_whole(target: Path) -> bool:
    """Whether a store is there, and nobody found it damaged. Raises StoreFailed where a file stands in the place of a folder."""
    for path in (target, *target.parents):
        if path.exists():
            if not path.is_dir():
                raise StoreFailed(
                    f"{path} is a file; a folder for built graphs belongs there.",
                    "Move the file away, or name another folder by LODE_CACHE.",
                )
            break
    return target.exists() and not (target / DAMAGED).exists()


def damage(target: Path, error: Exception) -> StoreFailed | None:
    """What to say of an error that the engine met as it read a store: where it is damage, whoever opens the store next builds it anew."""
    if "Corruption" not in str(error):
        return None
    with contextlib.suppress(OSError):
        (target / DAMAGED).touch()
    return StoreFailed(f"The store is damaged: {error}.", "It is built anew when the service is started again.")


def remove(target: Path) -> None:
    """Remove a store, at once for all who look for it. Raises StoreFailed where that may not be."""
    lock = _held.pop(target, None)
    if lock is not None:
        os.close(lock)
    try:
        if target.exists():
            shutil.rmtree(target.rename(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent)), ignore_errors=True)
    except OSError as error:
        raise StoreFailed(f"{target} is damaged, and cannot be removed: {error}.", "Name another folder by LODE_CACHE.") from error


def hold(target: Path) -> Path:
    """Mark a built store as in use for as long as this process lives, and as used now; returns it."""
    if target not in _held:
        with contextlib.suppress(OSError):  # a cache that cannot be written to is cleared by nobody either
            os.utime(target)
            lock = _lock(target, alone=False)
            if lock is not None:
                _held[target] = lock
    return target


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """A folder that one process after the other writes to, each whole time that it does."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def clear(parent: Path, *keep: Path) -> None:
    """Remove drafts whose process is dead, and all but the last used stores that no process holds."""
    found = [path for path in parent.iterdir() if path.is_dir()]
    drafts = [path for path in found if "." in path.name]
    whole = sorted((path for path in found if "." not in path.name), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [*drafts, *(path for path in whole[KEEP:] if path not in keep)]:
        with contextlib.suppress(OSError):
            lock = _lock(path)
            if lock is None:
                continue
            try:
                gone = path if "." in path.name else path.rename(path.with_name(f"{path.name}.old"))
                shutil.rmtree(gone, ignore_errors=True)
            finally:
                os.close(lock)


def _lock(path: Path, alone: bool = True) -> int | None:
    """A lock on a folder, alone or together with others, until it is closed or the process ends; None where somebody else has it."""
    try:
        import fcntl
    except ImportError:  # a system that does not remove what is open needs no lock
        return os.open(os.devnull, os.O_RDONLY)
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _settle(path: Path) -> None:
    """Have the system write a folder and its files to the disk before anything is built on them."""
    for part in (*(part for part in path.iterdir() if part.is_file()), path):
        with contextlib.suppress(OSError):  # some systems open no folder
            handle = os.open(part, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
