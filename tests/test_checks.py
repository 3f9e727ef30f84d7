"""Every check and every shape catches the smallest file that it is there to catch, and names the file and the subject.

The files stand in ``bad/``. Their first lines say what must be found: ``# rule:`` (a finding's rule, or a piece of its
message) before each ``# subject:`` that breaks it; ``# expect: subject | message`` before each subject where a file breaks
many shapes. ``# spare:`` names a subject close to the edge that the rule above must leave alone.
"""

import re
import shutil
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urljoin

import pytest
import rdflib
from rdflib import RDF, SH

from kg import BadFacts
from kg.build import checks
from kg.build.checks import Finding, check
from kg.namespaces import DOC
from kg.source import files
from kg.store.oxigraph import Store

pytestmark = pytest.mark.slow

ROOT = files.root()
HERE = Path(__file__).parent / "bad"
BASE = f"{DOC}bad/"
NOT_TURTLE = HERE / "not-turtle.ttl"
BAD = sorted(set(HERE.glob("*.ttl")) - {NOT_TURTLE})
EVERYDAY = [path for path in BAD if path.stem.startswith(("misspelt-", "missing-", "no-such-", "year-"))]
CHECKS = sorted(path.stem for path in (ROOT / "queries" / "checks").glob("*.rq"))
SHAPES = rdflib.Graph().parse(ROOT / "ontology" / "shapes.ttl", format="turtle")
# What a constraint's parameter is called where the report names the constraint.
COMPONENTS = {
    str(SH[name]): f"{name[0].upper()}{name[1:]}ConstraintComponent"
    for name in (
        *("class", "closed", "datatype", "languageIn", "maxCount", "maxInclusive", "minCount", "minInclusive"),
        *("nodeKind", "or", "pattern", "uniqueLang"),
    )
}
# Parameters that demand nothing of their own.
QUIET = {RDF.type, SH.ignoredProperties, SH.message, SH.path, SH.property, SH.targetClass}


@dataclass(frozen=True)
class Line:
    """One line of a header: the kind of line, the rule it belongs to, the subject's IRI and the file that holds it."""

    kind: str
    rule: str
    subject: str
    file: str

    def is_met_by(self, finding: Finding) -> bool:
        told = finding.rule == self.rule if self.rule in CHECKS else self.rule in finding.message
        return told and finding.subject == self.subject and finding.file == f"ontology/facts/bad/{self.file}.ttl"


def _lines(path: Path) -> list[Line]:
    found: list[Line] = []
    rule = ""
    for kind, text in re.findall(r"^# (rule|subject|spare|expect): (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        if kind == "rule":
            rule = text
            continue
        name, _, message = text.partition(" | ")
        subject = urljoin(BASE + path.stem, name.strip("<>"))
        home = subject.removeprefix(BASE).partition("#")[0] if subject.startswith(BASE) else path.stem
        found.append(Line(kind, message or rule, subject, home))
    return found


LINES = list(chain.from_iterable(_lines(path) for path in BAD))
EXPECTED = [line for line in LINES if line.kind != "spare"]
SPARED = [line for line in LINES if line.kind == "spare"]


def _id(line: Line) -> str:
    return f"{line.file[:20]}-{re.split('[/#]', line.subject)[-1][:20]}"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology and the reference data but the largest tables, with the bad files in place of the facts."""
    base = tmp_path_factory.mktemp("bad")
    shutil.copytree(ROOT / "queries", base / "queries")
    shutil.copytree(ROOT / "ontology", base / "ontology", ignore=shutil.ignore_patterns("facts", "cepii-*"))
    facts = base / "ontology" / "facts" / "bad"
    facts.mkdir(parents=True)
    for path in BAD:
        shutil.copy(path, facts)
    return base


@pytest.fixture(scope="session")
def findings(folder: Path) -> list[Finding]:
    return check(folder)


def _message(shape: rdflib.term.Node) -> str:
    return next(str(text) for text in SHAPES.objects(shape, SH.message) if isinstance(text, rdflib.Literal) and text.language == "en")


@pytest.mark.parametrize("line", EXPECTED, ids=_id)
def test_a_bad_subject_is_found(line: Line, findings: list[Finding]) -> None:
    assert [finding for finding in findings if line.is_met_by(finding)]


@pytest.mark.parametrize("line", SPARED, ids=_id)
def test_a_subject_close_to_the_edge_is_left_alone(line: Line, findings: list[Finding]) -> None:
    assert [finding for finding in findings if line.is_met_by(finding)] == []


@pytest.mark.parametrize("path", EVERYDAY, ids=lambda path: path.stem)
def test_a_mistake_of_every_day_is_all_that_is_found(path: Path, findings: list[Finding]) -> None:
    assert {finding.subject for finding in findings if finding.file.endswith(f"/{path.name}")} == {line.subject for line in _lines(path)}


def test_every_bad_file_says_what_must_be_found() -> None:
    assert [path.name for path in BAD if not any(line.kind != "spare" for line in _lines(path))] == []


def test_every_check_has_its_bad_file() -> None:
    assert [name for name in CHECKS if not any(line.file == line.rule == name for line in EXPECTED)] == []


def test_every_shape_has_its_bad_subject() -> None:
    told = {line.rule for line in EXPECTED}
    assert [str(shape) for shape in SHAPES.subjects(SH.message, unique=True) if _message(shape) not in told] == []


def test_every_shape_says_what_must_hold_in_words_of_its_own() -> None:
    shapes = [*SHAPES.subjects(RDF.type, SH.PropertyShape), *SHAPES.subjects(SH.closed)]
    assert len({_message(shape) for shape in shapes}) == len(shapes) > 100


def test_no_demand_of_a_shape_is_dead(findings: list[Finding]) -> None:
    broken = {(finding.rule, finding.message.partition(" (property ")[0].partition(" (value ")[0]) for finding in findings}
    for shape in SHAPES.subjects(SH.message, unique=True):
        for parameter in set(SHAPES.predicates(shape)) - QUIET:
            assert (COMPONENTS[str(parameter)], _message(shape)) in broken, (shape, parameter)


def test_every_property_shape_is_used_by_a_node_shape() -> None:
    assert set(SHAPES.subjects(RDF.type, SH.PropertyShape)) <= set(SHAPES.objects(None, SH.property))


def test_the_ontology_and_reference_data_have_no_findings_of_their_own(findings: list[Finding]) -> None:
    assert [str(finding) for finding in findings if not finding.file.startswith("ontology/facts/bad/")] == []


def test_the_text_has_no_findings() -> None:
    assert [str(finding) for finding in check(ROOT)] == []


def test_a_file_that_is_not_turtle_is_refused_with_file_and_line(tmp_path: Path) -> None:
    facts = tmp_path / "ontology" / "facts" / "bad"
    facts.mkdir(parents=True)
    shutil.copy(NOT_TURTLE, facts)
    with pytest.raises(BadFacts, match=r"not-turtle\.ttl, line 7\b"):
        check(tmp_path)


def test_a_build_is_refused_with_every_finding_and_its_file(monkeypatch: pytest.MonkeyPatch, findings: list[Finding]) -> None:
    monkeypatch.setattr(checks, "check", lambda folder, store, own, shapes: findings)
    with pytest.raises(BadFacts) as refused:
        checks.require_clean(ROOT, Store())
    assert refused.value.extra["findings"] == [str(finding) for finding in findings]
