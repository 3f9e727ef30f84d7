"""PNG of a picture, drawn in a process of its own: ``python -m kg.export.rasterizer ZOOM LANGUAGE FONT SECONDS``, SVG in, PNG out.

The library that draws holds the interpreter for seconds, so that in a thread of a service nothing else would be answered meanwhile; and
a process can be ended at the deadline. Knows nothing of the graph.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

from .. import deadline
from ..errors import Busy

FAMILY = "Noto Sans CJK JP"
NICENESS = 10  # as of queries: look-ups go first


def draw(svg: str, zoom: float, lang: str, font: Path) -> bytes:
    """The PNG of an SVG. Raises Busy at the deadline, or where the process ended without one."""
    left = deadline.left()
    words = [sys.executable, "-m", "kg.export.rasterizer", str(zoom), lang, str(font), str(left or 0)]
    root = str(Path(__file__).resolve().parent.parent.parent)
    try:
        done = subprocess.run(words, input=svg.encode(), capture_output=True, timeout=left, cwd=root, check=False)
    except subprocess.TimeoutExpired:
        deadline.check()
        raise
    if done.returncode or not done.stdout:
        raise Busy("The process that draws ended before its picture was done.", "Try again in a moment.", retry_after=1)
    return done.stdout


def main() -> None:
    """Draw what comes in."""
    import resvg_py

    zoom, lang, font, seconds = sys.argv[1:5]
    if sys.platform != "win32":
        signal.alarm(math.ceil(float(seconds)) + 1 if float(seconds) else 0)  # should the parent no longer be there to end it
        os.nice(NICENESS)
    png = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(),
        zoom=float(zoom),
        skip_system_fonts=True,
        font_files=[font],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        languages=[lang],
    )
    sys.stdout.buffer.write(png)


if __name__ == "__main__":
    main()
