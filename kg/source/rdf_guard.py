"""What is refused in RDF files before the engine reads them: entities of XML that grow, nesting that takes memory or the stack.

A look at the bytes alone: whatever the engine takes for a declaration or a bracket is counted, also where a strict reader would not.
Knows no engine.
"""

from __future__ import annotations

import mmap
import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from ..errors import BadFacts, shown

DEPTH_MOST = {"jsonld": 200, "rdfxml": 1_000, "triples": 100}
ENTITY_MOST = 256  # characters of an entity: more than any namespace has
GROWTH_MOST = 10  # times the size of its file that the entities of a file may come to
ENTITIES_FREE = 1_000_000  # bytes that they may come to in any file
READ = 1_000_000
_DECLARATION = re.compile(rb"<!ENTITY\s+(?P<name>[\w:.-]+)\s+(?P<quote>[\"'])(?P<value>[^\"'<]*)(?P=quote)\s*>")
_REFERENCE = re.compile(rb"&([\w:.-]+);")
_PREDEFINED = (b"amp", b"lt", b"gt", b"quot", b"apos")
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_TRIPLES = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+\'\'\'|"(?:[^"\\\n\r]|\\.)*+"|\'(?:[^\'\\\n\r]|\\.)*+\''
    rb"|<[^<>\s]*+>|#[^\n\r]*+|<<\(?|\)?>>",
    re.DOTALL,
)


@dataclass(frozen=True)
class Fault:
    """Why a file is not read, and what to do about it."""

    why: str
    advice: str


def check(path: Path, format: str) -> None:
    """See that a file of a format of ``store.RDF_FORMATS`` holds nothing that grows as it is read. Raises BadFacts."""
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        fault = _fault(held, format)
    if fault is None and format == "rdfxml":
        fault = _elements(path)
    if fault is not None:
        raise BadFacts(f"{path.name} is not read: {fault.why}.", fault.advice, findings=[str(path)])


def _fault(held: mmap.mmap, format: str) -> Fault | None:
    if format == "rdfxml":
        return _entities(held)
    if format == "jsonld":
        return _depth(_steps(_JSON, held, (b"[", b"{"), (b"]", b"}")), DEPTH_MOST["jsonld"])
    if held.find(b"<<") < 0:
        return None
    return _depth(_steps(_TRIPLES, held, (b"<<", b"<<("), (b">>", b")>>")), DEPTH_MOST["triples"])


def _steps(tokens: re.Pattern[bytes], held: mmap.mmap, opens: Container[bytes], closes: Container[bytes]) -> Iterator[int]:
    """One for what opens, minus one for what closes."""
    for match in tokens.finditer(held):
        if match[0] in opens:
            yield 1
        elif match[0] in closes:
            yield -1


def _depth(steps: Iterator[int], most: int) -> Fault | None:
    depth = 0
    for step in steps:
        depth = max(0, depth + step)
        if depth > most:
            return Fault(f"it nests deeper than {most}", "Write it flatter.")
    return None


def _entities(held: mmap.mmap) -> Fault | None:
    """Entities may stand for text alone, and short text: then they grow no faster than the file."""
    sizes: dict[bytes, int] = {}
    for start in re.finditer(rb"<!ENTITY", held):
        match = _DECLARATION.match(held, start.start())
        if match is None:
            declared = bytes(held[start.start() : start.start() + 80]).decode("utf-8", "replace")
            return Fault(f"“{declared}” declares no plain entity", 'Declare entities as <!ENTITY name "text">, or none.')
        named = [name for name in _REFERENCE.findall(match["value"]) if name not in _PREDEFINED]
        if named or len(match["value"]) > ENTITY_MOST:
            name = shown(match["name"].decode("utf-8", "replace"))
            return Fault(f"the entity “{name}” names another, or has more than {ENTITY_MOST} bytes", "Write out what it stands for.")
        sizes[match["name"]] = max(sizes.get(match["name"], 0), len(match["value"]))
    used = Counter(match[1] for match in _REFERENCE.finditer(held)) if sizes else Counter[bytes]()
    if sum(used[name] * size for name, size in sizes.items()) > max(GROWTH_MOST * len(held), ENTITIES_FREE):
        return Fault(f"its entities come to more than {GROWTH_MOST} times its size", "Write out what they stand for.")
    return None


class _TooDeep(Exception):
    """Elements nest too deep."""


def _elements(path: Path) -> Fault | None:
    """The depth of elements, as far as a reader of XML comes; what is no XML, the engine tells."""
    depth, most = 0, DEPTH_MOST["rdfxml"]

    def begin(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > most:
            raise _TooDeep

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        with path.open("rb") as file:
            while data := file.read(READ):
                parser.Parse(data)
    except _TooDeep:
        return Fault(f"it nests deeper than {most}", "Write it flatter.")
    except expat.ExpatError:
        return None
    return None
