"""A process that ends as soon as the one that started it is gone, however busy it is and however that one ended.

The parent holds the writing end of a pipe. Linux kills the child when that end closes, which needs nothing of the child's
interpreter; other systems leave the child to notice the end of its input.
"""

from __future__ import annotations

import os
import select
import signal
import sys


def cast() -> tuple[int, int]:
    """A pipe for one child: the end that it inherits, and the end that this process keeps open as long as the child may live."""
    return os.pipe()


def hold(handle: int) -> None:
    """Have the system kill this process once the other end of its pipe is closed; at once where it is closed already."""
    if sys.platform != "linux":
        return
    import fcntl

    fcntl.fcntl(handle, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(handle, fcntl.F_SETFL, fcntl.fcntl(handle, fcntl.F_GETFL) | os.O_ASYNC)
    ready, _, _ = select.select([handle], [], [], 0)
    if ready:  # the parent was gone before this process could ask for the signal
        os.kill(os.getpid(), signal.SIGKILL)
