"""SHACL validation of source text: ``python -m kg.build.shapes BASE PART PARTS [--own FOLDER]``.

The process validates the PART-th of PARTS shares of the shapes of ``ontology/shapes.ttl``, and prints one JSON list a finding:
constraint, focus node, message. ``Shapes`` runs two of them, since pySHACL uses one processor. Knows rdflib and pySHACL.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import StoreFailed
from ..source import files

SH = "http://www.w3.org/ns/shacl#"
PARTS = 2
Breach = tuple[str, str, str]  # the constraint's name, the focus node, the message


class Shapes:
    """A validation under way in processes of its own, which begin at once. ``close`` ends them."""

    def __init__(self, base: Path, own: Path | None) -> None:
        home = Path(__file__).resolve().parent.parent.parent
        words = [sys.executable, "-m", "kg.build.shapes", str(base.resolve())]
        more = ["--own", str(own.resolve())] if own else []
        self._processes = [
            subprocess.Popen([*words, str(part), str(PARTS), *more], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=home)
            for part in range(PARTS)
        ]

    def breaches(self) -> Iterator[Breach]:
        """Every breach, once the processes have ended. Raises StoreFailed where one of them failed."""
        for process in self._processes:
            out, _ = process.communicate()
            if process.returncode:
                raise StoreFailed(f"The validation of shapes ended with code {process.returncode}.", "It needs about 500 MB of memory.")
            for line in out.splitlines():
                constraint, focus, message = json.loads(line)
                yield constraint, focus, message

    def close(self) -> None:
        """End what still runs."""
        for process in self._processes:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()


def validate(base: Path, own: Path | None, part: int, parts: int) -> Iterator[Breach]:
    """Breaches of one share of the shapes, ``part`` from 0 of ``parts``, in the text of a folder and of a user's own."""
    import pyshacl
    import rdflib

    data = rdflib.Graph()
    for source in files.sources(base / "ontology", own):
        data.parse(source.path, format="turtle", publicID=source.graph)
    shapes = rdflib.Graph().parse(base / "ontology" / "shapes.ttl", format="turtle")
    _keep_targets(data, shapes, part, parts)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inplace=True)
    sh = rdflib.Namespace(SH)

    def value(result: Any, name: str) -> str:
        found = sorted(report.objects(result, sh[name]), key=lambda term: getattr(term, "language", None) != "en")
        return str(found[0]) if found else ""

    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        path, culprit = value(result, "resultPath"), value(result, "value")
        where = " ".join(part for part in (path and f"property {path}", culprit and f"value {culprit}") if part)
        constraint = value(result, "sourceConstraintComponent").removeprefix(SH)
        yield constraint, value(result, "focusNode"), f"{value(result, 'resultMessage')} ({where})"


def _keep_targets(data: Any, shapes: Any, part: int, parts: int) -> None:
    """Take the targets from all shapes but every ``parts``-th, by the work that they make; others may still refer to them."""
    import rdflib

    sh = rdflib.Namespace(SH)
    costs: dict[Any, int] = {}
    for target in (sh.targetClass, sh.targetSubjectsOf, sh.targetObjectsOf, sh.targetNode):
        for shape, value in shapes.subject_objects(target):
            focus = data.subjects(rdflib.RDF.type, value) if target == sh.targetClass else data.subject_objects(value)
            constraints = sum(1 for _ in shapes.predicate_objects(shape))
            costs[shape] = costs.get(shape, 0) + sum(constraints for _ in focus)
    loads = [0] * parts
    for shape in sorted(costs, key=lambda shape: (-costs[shape], str(shape))):
        least = loads.index(min(loads))
        loads[least] += costs[shape]
        if least != part:
            for target in (sh.targetClass, sh.targetSubjectsOf, sh.targetObjectsOf, sh.targetNode):
                shapes.remove((shape, target, None))


def main() -> None:
    """Validate as the command line says, and print what is found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("part", type=int)
    parser.add_argument("parts", type=int)
    parser.add_argument("--own", type=Path)
    given = parser.parse_args()
    try:
        for breach in validate(given.base, given.own, given.part, given.parts):
            print(json.dumps(breach))
    except SyntaxError:  # rdflib's of malformed Turtle; whoever reads the text into the store tells file and line
        sys.exit(1)


if __name__ == "__main__":
    main()
