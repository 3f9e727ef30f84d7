"""Decisions on members: whether what covers a group, or a material, covers one mineral of it; one CSV beside its source card.

``ontology/facts/<place>/<document>/members.csv`` has the columns of COLUMNS. Each row decides one case, with its reason and the statements
that it is taken from. Things stand there as kind/slug, statements as place/document#name.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..namespaces import DCTERMS, DOC, ID, ONTOLOGY, RDF, RDFS, XSD
from ..source.figure_tables import bad, literal, read_rows, require

COLUMNS = ("response", "named", "mineral", "covers", "reason", "reason_ja", "statements")
ANY = ""  # in place of a response: a rule for all; in place of a mineral: the whole group


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether what covers ``named`` covers ``mineral``; ``response`` and ``mineral`` may be ANY. ``statements``: IRIs it is taken from."""

    iri: str
    response: str
    named: str
    mineral: str
    covers: bool
    statements: tuple[str, ...] = ()


Decisions = dict[tuple[str, str, str], Decision]  # by response, named thing and mineral


def triples(path: Path, graph: str, declared: Container[str], decisions: Decisions) -> Iterator[str]:
    """N-Triples of a members.csv, a line each; ``decisions`` takes each row.

    Raises BadFacts with file and line for a row that cannot be understood, or that stands there twice.
    """
    for line, row in read_rows(path, COLUMNS):
        response, named, mineral = (ID + row[name] if row[name] else ANY for name in COLUMNS[:3])
        key = (response, named, mineral)
        if key in decisions:
            raise bad(path, line, f"{row['named']} and {row['mineral'] or 'the whole group'} stand here again", "Keep one of the two.")
        parts = [row[name].rpartition("/")[2] for name in COLUMNS[:3] if row[name]]
        statements = tuple(DOC + name for name in row["statements"].split())
        decision = Decision(f"{graph}#{'-'.join(parts)}", response, named, mineral, row["covers"] == "yes", statements)
        try:
            _check(row, decision, declared)
            yield from _lines(row, decision)
        except ValueError as error:
            raise bad(path, line, *error.args) from None
        decisions[key] = decision


def _check(row: Mapping[str, str], decision: Decision, declared: Container[str]) -> None:
    """Raises ValueError with what is wrong and what would be right."""
    for name, iri in (("response", decision.response), ("named", decision.named), ("mineral", decision.mineral)):
        require(not iri or iri in declared, f"{name} is “{row[name]}”", "It must be a thing that the graph knows, as kind/slug.")
    require(bool(decision.named), "named is empty", "It must be the group or material that documents name.")
    require(row["covers"] in ("yes", "no"), f"covers is “{row['covers']}”", "It must be yes or no.")
    require(bool(row["reason"] and row["reason_ja"]), "reason or reason_ja is empty", "Both must be given.")
    require(bool(decision.statements) or not decision.response, "statements is empty", "A decision on a response names what it rests on.")
    for statement in decision.statements:
        wrong = f"statements names “{statement.removeprefix(DOC)}”"
        require(statement in declared, wrong, "It must be a statement of the graph, as place/document#name.")


def _lines(row: Mapping[str, str], decision: Decision) -> Iterator[str]:
    about = f"<{decision.iri}>"
    yield f"{about} <{RDF}type> <{ONTOLOGY}CoverageDecision> .\n"
    for name, iri in (("response", decision.response), ("namedThing", decision.named), ("mineral", decision.mineral)):
        if iri:
            yield f"{about} <{ONTOLOGY}{name}> <{iri}> .\n"
    yield f'{about} <{ONTOLOGY}coversIt> "{str(decision.covers).lower()}"^^<{XSD}boolean> .\n'
    for column, lang in (("reason", "en"), ("reason_ja", "ja")):
        yield f"{about} <{RDFS}comment> {literal(row[column])}@{lang} .\n"
    for statement in decision.statements:
        yield f"{about} <{DCTERMS}source> <{statement}> .\n"


@dataclass(frozen=True)
class Reached:
    """A mineral that a response covers by what a document names.

    ``subject`` is the mineral of which a document must speak for it to count: the mineral itself, or of a group the member by
    which it is covered. ``through`` is what the document names, empty where that is the mineral itself.
    """

    mineral: str
    subject: str
    through: str = ""
    decision: Decision | None = None


class Members:
    """Which minerals are meant by what documents name: the thing itself, the mineral of a form, members by decision, groups."""

    def __init__(self, groups: Mapping[str, Sequence[str]], forms: Mapping[str, Sequence[str]], decisions: Decisions) -> None:
        """``groups``: the groups of each mineral, nearest first; ``forms``: the minerals that each material is a form of."""
        self._groups = groups
        self._forms = forms
        self._decisions = decisions
        self._members: dict[str, list[str]] = {}
        for mineral in sorted(groups):
            for group in groups[mineral]:
                self._members.setdefault(group, []).append(mineral)

    def reached(self, response: str, named: str, is_mineral: bool) -> list[Reached]:
        """Every mineral that a response covers by what is named, a mineral or group, or a material."""
        if not is_mineral:
            return self._by_material(response, named)
        found = [Reached(named, named)]
        for member in self._members.get(named, ()):
            decision = self.decision(response, named, member)
            if decision is not None and decision.covers:
                found.append(Reached(member, member, named, decision))
        return found + [Reached(group, named, named) for group in self._groups.get(named, ())]

    def means(self, response: str, named: str, subject: str) -> bool:
        """Whether what is said of a response with a mineral or group named is said of another mineral too."""
        if named == subject:
            return True
        decision = self.decision(response, named, subject) if named in self._groups.get(subject, ()) else None
        return decision is not None and decision.covers

    def decision(self, response: str, named: str, mineral: str) -> Decision | None:
        """The decision that holds for a mineral: its own, else of its nearest group within what is named, else of the whole."""
        within = [group for group in self._groups.get(mineral, ()) if named in self._groups.get(group, ())]
        keys = ((who, named, thing) for thing in (mineral, *within, ANY) for who in (response, ANY))
        return next((self._decisions[key] for key in keys if key in self._decisions), None)

    def _by_material(self, response: str, named: str) -> list[Reached]:
        found = [Reached(mineral, mineral, named) for mineral in self._forms.get(named, ())]
        decided = (self._decisions[key] for key in sorted(self._decisions) if key[:2] == (response, named))
        return found + [Reached(one.mineral, one.mineral, named, one) for one in decided if one.covers and one.mineral]
