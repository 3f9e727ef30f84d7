"""Triples as JSON-LD, compacted by the context of the ontology, which is written into the file.

Around a center the file is one tree: each thing stands where the fewest steps from the center lead, by a property or, against its
direction, under ``@reverse``. Knows the context and the engine's triples.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from ..namespaces import RDF
from ..source.files import root

TYPE = f"{RDF}type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"

Node = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """The context as it stands in its file, its prefixes, and its terms by the IRI of their property: (term, datatype, container)."""

    text: dict[str, Any]
    prefixes: dict[str, str]
    terms: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def iri(self, iri: str) -> str:
        """An IRI as prefix:name by the longest namespace that begins it, else itself."""
        found = max(
            (name for name, space in self.prefixes.items() if iri.startswith(space)), key=lambda n: len(self.prefixes[n]), default=""
        )
        local = iri.removeprefix(self.prefixes[found]) if found else ""
        return f"{found}:{local}" if local and not local.startswith("//") else iri


def context() -> Context:
    """The context of the ontology."""
    text: dict[str, Any] = json.loads((root() / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    prefixes = {name: space for name, space in text.items() if isinstance(space, str)}
    terms = {}
    for name, told in text.items():
        if isinstance(told, dict):
            terms[_expanded(told["@id"], prefixes)] = (name, _expanded(told.get("@type", ""), prefixes), told.get("@container", ""))
    return Context(text, prefixes, terms)


def save(triples: Iterable[Any], center: str | None, output: IO[bytes]) -> None:
    """Write triples; with a center as one tree that hangs on it."""
    known = context()
    by_subject: dict[str, list[Any]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject.value, []).append(triple)
    if center is None:
        body: Node = {"@graph": [_flat(known, subject, own) for subject, own in sorted(by_subject.items())]}
    else:
        body = _tree(known, center, by_subject)
    document = {"@context": known.text, **body}
    output.write((json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _flat(known: Context, subject: str, own: Iterable[Any]) -> Node:
    node: Node = {"@id": known.iri(subject)}
    for triple in own:
        _put(known, node, triple)
    return node


def _tree(known: Context, center: str, by_subject: dict[str, list[Any]]) -> Node:
    """The center with everything that can be reached from it inside; what cannot stands in ``@included``."""
    by_object: dict[str, list[Any]] = {}
    for own in by_subject.values():
        for triple in own:
            if _is_iri(triple.object) and triple.predicate.value != TYPE:
                by_object.setdefault(triple.object.value, []).append(triple)
    nodes: dict[str, Node] = {}
    top = _grow(known, center, by_subject, by_object, nodes)
    rest = [_grow(known, subject, by_subject, by_object, nodes) for subject in sorted(by_subject) if subject not in nodes]
    return {**top, "@included": rest} if rest else top


def _grow(known: Context, start: str, by_subject: dict[str, list[Any]], by_object: dict[str, list[Any]], nodes: dict[str, Node]) -> Node:
    """A tree from one thing, which takes in what is in no tree yet, the nearest first."""
    nodes[start] = {"@id": known.iri(start)}
    queue = deque([(start, None)])
    while queue:
        here, led = queue.popleft()
        for triple in by_subject.get(here, ()):
            other = triple.object.value if _is_iri(triple.object) else ""
            if triple is led:
                continue  # it is the way by which this thing was come to, against its direction
            if other in by_subject and other not in nodes and triple.predicate.value != TYPE:
                nodes[other] = {"@id": known.iri(other)}
                queue.append((other, None))
                _add(nodes[here], _term(known, triple.predicate.value), nodes[other])
            else:
                _put(known, nodes[here], triple)
        for triple in by_object.get(here, ()):
            other = triple.subject.value
            if other not in nodes:
                nodes[other] = {"@id": known.iri(other)}
                queue.append((other, triple))
                _add(nodes[here].setdefault("@reverse", {}), _term(known, triple.predicate.value), nodes[other])
    return nodes[start]


def _put(known: Context, node: Node, triple: Any) -> None:
    """A property's value, in the shortest form that the context gives it."""
    name, value = triple.predicate.value, triple.object
    if name == TYPE:
        _add(node, "@type", known.iri(value.value))
    elif _is_iri(value):
        term = _term(known, name)
        coerced = known.terms.get(name, ("", "", ""))[:2] == (term, "@id")
        _add(node, term, known.iri(value.value) if coerced else {"@id": known.iri(value.value)})
    elif value.language:
        term = _term(known, name, "@language")
        if known.terms.get(name, ("", "", ""))[2] == "@language":
            _add(node.setdefault(term, {}), value.language, value.value)
        else:
            _add(node, term, {"@value": value.value, "@language": value.language})
    else:
        kind = value.datatype.value
        term = _term(known, name)
        coerced = known.terms.get(name, ("", "", ""))[:2] == (term, kind)
        plain = coerced or (kind == _STRING and not known.terms.get(name, ("", "", ""))[1])
        typed = {"@value": value.value} if kind == _STRING else {"@value": value.value, "@type": known.iri(kind)}
        _add(node, term, value.value if plain else typed)


def _term(known: Context, name: str, container: str = "") -> str:
    """The key of a property: its term, or the whole IRI where the term holds values of languages and this is none."""
    term, _, held = known.terms.get(name, ("", "", ""))
    if term and held == "@language" != container:
        return name
    return term or known.iri(name)


def _add(node: Node, key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _expanded(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else name


def _is_iri(value: Any) -> bool:
    return not hasattr(value, "datatype")
