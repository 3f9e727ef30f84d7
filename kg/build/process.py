"""The process that builds a store: ``python -m kg.build.process BASE TARGET [--own FOLDER] [--unchecked]``,
or of RDF files alone ``[--files FORMAT=PATH ...]``.

It reports on standard output, one JSON object a line: ``say`` (a stage), ``advance`` (0 to 1) and, where it fails,
``error``. Whoever opens the graph starts it, and so keeps none of the memory that building takes.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from ..errors import LodeError
from ..graph.graph import Graph
from ..store import disk_cache, stored_results
from ..store.oxigraph import Store, bulk_load
from .checks import require_clean, require_sound_figures
from .fill import Advance, Report, fill
from .opening import data_version, is_on_record
from .shapes import Shapes
from .warming import warm


def build(base: Path, own: Path | None, target: Path, validate: bool, say: Report, advance: Advance) -> None:
    """Build a store, check its text where that is not on record as checked, and write it. Raises BadFacts, StoreFailed."""
    shapes = Shapes(base, own) if validate and not is_on_record(base, own) else None  # begins at once, beside the rest

    def make(folder: Path) -> None:
        store = Store.create(folder)
        fill(store, base, own, say, advance)
        with ThreadPoolExecutor(1) as pool:
            compacting = pool.submit(store.finish)  # the engine works outside of Python's global lock
            require_sound_figures(base, store)
            if shapes is not None:
                say("Checking")
                require_clean(base, store, own, shapes)
            say("Storing what every page shares")
            _store_results(base, store, folder)
            compacting.result()
        say(f"Built: {len(store):,} statements in {target}")

    try:
        disk_cache.write(make, target)
    finally:
        if shapes is not None:
            shapes.close()


def _store_results(base: Path, store: Store, folder: Path) -> None:
    """Store the results of the queries that the pages of today share. Facts of a user's own may
    break a page; that is for who asks for it, and no reason to have no store."""
    graph = Graph(store, base, data_version(base), folder)
    with suppress(Exception):
        warm(graph, datetime.datetime.now(datetime.UTC).date())
    stored_results.write(folder, graph.results())


def main() -> None:
    """Build as the command line says, and report on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--own", type=Path)
    parser.add_argument("--unchecked", action="store_true")
    parser.add_argument("--files", nargs="+", metavar="FORMAT=PATH")
    given = parser.parse_args()
    gc.disable()  # millions of objects, hardly any in a circle, in a process that ends soon

    def tell(**event: object) -> None:
        print(json.dumps(event), flush=True)

    try:
        if given.files:
            named = (text.split("=", 1) for text in given.files)
            formats = {Path(path): format for format, path in named}
            disk_cache.write(lambda folder: bulk_load(formats, folder), given.target)
            return
        build(given.base, given.own, given.target, not given.unchecked, lambda text: tell(say=text), lambda part: tell(advance=part))
    except LodeError as error:
        tell(error={"kind": type(error).__name__, "detail": error.detail, "advice": error.advice, "extra": error.extra})
        sys.exit(1)


if __name__ == "__main__":
    main()
