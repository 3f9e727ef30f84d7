"""Opens the graph: the built store where there is one; else a process of its own builds it first, see ``kg.build.process``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import BadFacts, StoreFailed
from ..graph.graph import Graph
from ..source import files
from ..store import disk_cache
from ..store.oxigraph import ENGINE, Store
from .fill import Advance, Report, no_advance, no_report

# What the bytes of a built store depend on beside the text; a test holds that nothing that ``fill`` imports is missing.
BUILDERS = (
    *("deadline", "errors", "namespaces", "build/fill"),
    *(f"risk/{name}" for name in ("__init__", "concentration", "eu_supply_risk", "figures", "geopolrisk", "ratios")),
    *(f"source/{name}" for name in ("__init__", "deposit_tables", "figure_tables", "files", "query_files", "rdf_guard")),
    *(f"sparql/{name}" for name in ("guard", "lexer")),
    *(f"store/{name}" for name in ("oxigraph", "result_writer", "values")),
    *(f"derive/{name}" for name in ("__init__", "build", "coverage", "coverage_graph", "figures", "forms", "headlines")),
    *(f"derive/{name}" for name in ("inputs", "lifecycle", "members", "model", "reach", "state_graph", "studies", "times", "writing")),
)
RECORD = Path("ontology", "checked.json")


def open_graph(
    folder: Path | None = None,
    *,
    own: Path | None = None,
    say: Report = no_report,
    advance: Advance = no_advance,
    validate: bool = True,
    at: str | None = None,
) -> Graph:
    """Open the graph of a folder that holds ``ontology/`` and ``queries/`` (default: our own), with a user's own folder beside it.

    The first time after a change of the text or of the program it is built, checked and written to disk under both versions; later it opens
    in milliseconds. Text on record as checked (``is_on_record``) is not checked again. ``own`` is the user's folder (default: the setting
    ``LODE_FACTS``); where its text does not pass the checks, ``say`` is told why and the graph opens without it. ``say`` is told each stage
    of what takes time, too, and ``advance`` the part of the stage that is done, 0 to 1. A build that is cut short leaves nothing that a
    later one would take for whole. Raises BadFacts where the text of ``folder`` does not pass the checks.

    With ``at`` (default: ``LODE_STORE``; empty: none), the address of a SPARQL endpoint that holds the same data version, everything is
    asked there and nothing is built; see ``kg.store.remote.Remote``. Raises BadParameter for what is no such address.
    """
    base = folder or files.root()
    address = os.environ.get("LODE_STORE", "") if at is None else at
    if address:
        from ..store.remote import Remote

        version = data_version(base, files.own_folder(own))
        return Graph(Remote(address, version), base, version, f"{address}#{version}")
    build = partial(_build, base, validate=validate, say=say, advance=advance)
    try:
        theirs = files.own_folder(own)
        return _open(base, theirs, validate, say, build)
    except BadFacts as error:
        graph = _open(base, None, validate, say, build)
        say(f"Your own facts are left out. {error}")
        return graph


def data_version(base: Path, own: Path | None = None) -> str:
    """SHA-256 of the source text of a folder and of a user's own."""
    return files.fingerprint(base / "ontology", base / "queries", *([own / "facts", own / "tables"] if own else []))


def is_on_record(base: Path, own: Path | None = None) -> bool:
    """Whether the text is on record as checked without a finding: it is, to the byte, what was released, and nothing beside it."""
    try:
        record = json.loads((base / RECORD).read_text(encoding="utf-8"))
        return own is None and bool(record["data_version"] == data_version(base)) and record["findings"] == 0
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_record(base: Path, findings: int) -> Path:
    """Put on record that the text of a folder was checked, and with how many findings; the file."""
    told = {"data_version": data_version(base), "findings": findings}
    (base / RECORD).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return base / RECORD


def open_built(target: Path, build: Callable[[], None], say: Report = no_report) -> Store:
    """The store at ``target``, held as long as this process lives; where it is not there or damaged, ``build`` puts it there first.

    Raises StoreFailed where that cannot be written, and what ``build`` raises.
    """
    if disk_cache.is_whole(target):
        try:
            return Store(disk_cache.hold(target))
        except (OSError, RuntimeError) as error:
            say(f"The built store cannot be opened: {error}.")
    disk_cache.remove(target)
    build()
    return Store(disk_cache.hold(target))


def _open(base: Path, own: Path | None, validate: bool, say: Report, build: Callable[[Path | None, Path], None]) -> Graph:
    version = data_version(base, own)
    here = Path(__file__).parent.parent
    builder = files.fingerprint_of([here / f"{name}.py" for name in BUILDERS], ENGINE)
    target = disk_cache.folder() / f"{version[:16]}-{builder[:8]}{'' if validate else '-unchecked'}"
    return Graph(open_built(target, lambda: build(own, target), say), base, version, target)


def _build(base: Path, own: Path | None, target: Path, *, validate: bool, say: Report, advance: Advance) -> None:
    """Have a store built by another process. What was refused once is refused again without building. Raises BadFacts."""
    refused = target.with_name(f"{target.name}.refused")
    if own and refused.exists():
        raise BadFacts(refused.read_text(encoding="utf-8"))
    say("Building the graph from its text ...")
    try:
        _run(base, own, target, validate, say, advance)
    except BadFacts as error:
        if own:
            refused.parent.mkdir(parents=True, exist_ok=True)
            refused.write_text(str(error), encoding="utf-8")
        raise


def _run(base: Path, own: Path | None, target: Path, validate: bool, say: Report, advance: Advance) -> None:
    words = ["--own", str(own.resolve())] if own else []
    words += [] if validate else ["--unchecked"]
    run_builder(base, target, words, say, advance)


def run_builder(
    base: Path,
    target: Path,
    words: list[str],
    say: Report = no_report,
    advance: Advance = no_advance,
) -> None:
    """Have ``kg.build.process`` build a store, with further words. Raises BadFacts, StoreFailed."""
    command = [sys.executable, "-m", "kg.build.process", str(base.resolve()), str(target.absolute())]
    home = Path(__file__).resolve().parent.parent.parent
    error: dict[str, Any] = {}
    with subprocess.Popen(
        [*command, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=home,
        text=True,
        encoding="utf-8",
    ) as child:
        assert child.stdout
        for line in child.stdout:
            event = json.loads(line)
            if "say" in event:
                say(event["say"])
            if "advance" in event:
                advance(event["advance"])
            error = event.get("error", error)
    if error:
        raise (BadFacts if error["kind"] == "BadFacts" else StoreFailed)(error["detail"], error["advice"], **error["extra"])
    if child.returncode:
        ended = f"signal {-child.returncode}" if child.returncode < 0 else f"code {child.returncode}"
        raise StoreFailed(f"The process that builds the store ended with {ended}.", "It needs about 1 GB of memory, and room on the disk.")
