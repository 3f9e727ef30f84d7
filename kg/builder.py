"""The process that builds a store: ``python -m kg.builder BASE TARGET [--own FOLDER] [--unchecked]``.

It reports on standard output, one JSON object a line: ``say`` (a stage), ``advance`` (0 to 1) and, where it fails,
``error``. Whoever opens the graph starts it, and so keeps none of the memory that building takes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import built
from .building import Advance, Report, fill
from .checks import require_clean
from .errors import LodeError
from .opening import is_on_record
from .shapes import Shapes
from .store import Store


def build(base: Path, own: Path | None, target: Path, validate: bool, say: Report, advance: Advance) -> None:
    """Build a store, check its text where that is not on record as checked, and write it. Raises BadFacts, StoreFailed."""
    shapes = Shapes(base, own) if validate and not is_on_record(base, own) else None  # begins at once, beside the rest

    def make(folder: Path) -> None:
        store = Store.create(folder)
        fill(store, base, own, say, advance)
        if shapes is not None:
            say("Checking")
            require_clean(base, store, own, shapes)
        store.finish()
        say(f"Built: {len(store):,} statements in {target}")

    try:
        built.write(make, target)
    finally:
        if shapes is not None:
            shapes.close()


def main() -> None:
    """Build as the command line says, and report on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--own", type=Path)
    parser.add_argument("--unchecked", action="store_true")
    given = parser.parse_args()

    def tell(**event: object) -> None:
        print(json.dumps(event), flush=True)

    try:
        build(given.base, given.own, given.target, not given.unchecked, lambda text: tell(say=text), lambda part: tell(advance=part))
    except LodeError as error:
        tell(error={"kind": type(error).__name__, "detail": error.detail, "advice": error.advice, "extra": error.extra})
        sys.exit(1)


if __name__ == "__main__":
    main()
