"""How what a reader yields becomes a table folder, whole or not at all. Knows the layout of a table; knows no publisher."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import BadFacts
from ..source.deposit_tables import COLUMNS as DEPOSIT_COLUMNS
from ..source.deposit_tables import PASSAGE
from ..source.figure_tables import COLUMNS
from ..source.files import DEPOSITS, FIGURES
from ..store import disk_cache
from . import measures
from .model import Card, Deposit, Figure, Item, Left, Measure, Series, Summary, bad, literal, plain
from .names import Names

SERIES = "series.ttl"
CARD = "source.ttl"
MEASURES = "measures.ttl"
OLD = ".old"
_PREFIXES = {
    "lode": "https://w3id.org/lodegraph/ontology#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
CardOf = Callable[[Summary], str]
_CODE = "https://w3id.org/lodegraph/code/"
_ID = "https://w3id.org/lodegraph/id/"


def write(folder: Path, items: Iterator[Item], path: Path, names: Names, card: CardOf | None = None) -> Summary:
    """Write what a reader yields as the table folder ``folder``; ``path`` is the publisher's file, ``card`` gives the source card.

    A source card that stands there already is kept. Raises BadFacts for a figure that comes twice or whose series is not declared;
    whatever is raised, the folder stays as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with disk_cache.alone(folder.parent):
        _mend(folder.parent)
        return _write(folder, items, path, names, card)


def _mend(tables: Path) -> None:
    """Put back a table that a process had moved aside when it died, and remove the drafts of the dead."""
    for left in tables.glob(".*.*"):
        folder = tables / left.name[1:].split(".")[0]
        if left.suffix == OLD and not folder.exists():
            left.rename(folder)
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def _write(folder: Path, items: Iterator[Item], path: Path, names: Names, card: CardOf | None) -> Summary:
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        summary = _fill(draft, items, path, names)
        kept = folder / CARD
        if kept.exists():
            shutil.copy2(kept, draft / CARD)
        elif card:
            (draft / CARD).write_text(card(summary), encoding="utf-8")
        draft.chmod(0o755)
        old = draft.with_name(f"{draft.name}{OLD}")
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
        return summary
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(draft: Path, items: Iterator[Item], path: Path, names: Names) -> Summary:
    declared: dict[str, Series] = {}
    seen: dict[tuple[object, ...], int] = {}
    records: list[Deposit | Measure] = []
    summary = Summary()
    with (draft / FIGURES).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for item in items:
            if isinstance(item, Left):
                summary.leave(item)
            elif isinstance(item, Deposit | Measure):
                records.append(item)
            elif isinstance(item, Series):
                if declared.setdefault(item.slug, item) != item:
                    raise BadFacts(f"{path.name}: two series would be named “{item.slug}”.", "The reader must tell them apart.")
            else:
                _require_new(item, declared, seen, path)
                rows.writerow(_row(item))
                _count(summary, item, declared[item.series])
    if not summary.figures and not records:
        raise BadFacts(f"{path.name} holds nothing that is read.", "It must hold a figure, deposit or measure.", findings=[path.name])
    used = {str(key[0]) for key in seen}
    summary.series = len(used)
    _write_deposits(draft, [item for item in records if isinstance(item, Deposit)], summary)
    _write_measures(draft, [item for item in records if isinstance(item, Measure)], names, path, summary)
    if used:
        text = "".join(turtle(series) for slug, series in sorted(declared.items()) if slug in used)
        prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items() if prefix in ("lode", "rdfs", "xsd"))
        (draft / SERIES).write_text(f"# Written by `lode load` from the publisher's file.\n\n{prefixes}\n{text}", encoding="utf-8")
    else:
        (draft / FIGURES).unlink()
    return summary


def _require_new(item: Figure, declared: dict[str, Series], seen: dict[tuple[object, ...], int], path: Path) -> None:
    key = (item.series, item.country, item.partner, item.year)
    if key in seen:
        raise bad(path, item.line, f"the figure of line {seen[key]} stands here again", "Keep one of the two rows.")
    if item.series not in declared:
        raise bad(path, item.line, f"series “{item.series}” is not declared", "The reader must declare it first.")
    seen[key] = item.line


def _write_deposits(draft: Path, deposits: list[Deposit], summary: Summary) -> None:
    if not deposits:
        return
    with (draft / DEPOSITS).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(DEPOSIT_COLUMNS)
        for item in deposits:
            minerals = ";".join(item.minerals)
            place = (item.slug, item.line, item.name, item.record, item.country, item.latitude, item.longitude)
            rows.writerow((*place, minerals, item.type, item.page, item.written))
    summary.deposits = len(deposits)
    summary.countries |= {item.country for item in deposits if item.country}


def _write_measures(draft: Path, records: list[Measure], names: Names, path: Path, summary: Summary) -> None:
    if not records:
        return
    lines: dict[str, int] = {}
    for item in records:
        if item.slug in lines:
            raise bad(path, item.line, f"the measure of line {lines[item.slug]} stands here again", "Keep one of the two rows.")
        lines[item.slug] = item.line
    text = "\n".join(measures.turtle(item, names) for item in records)
    (draft / MEASURES).write_text(f"# Written by `lode load` from the publisher's file.\n\n{measures.PREFIXES}\n{text}", encoding="utf-8")
    summary.measures = len(records)
    summary.countries |= {country for item in records for country in item.countries if country.startswith("country/")}
    summary.years |= {int(day[:4]) for item in records for _, day in item.steps}


def _row(item: Figure) -> tuple[object, ...]:
    value = "" if item.value is None else plain(item.value)
    written = "" if item.written == value else item.written
    place = (item.series, item.line, item.country, item.partner, item.year)
    return (*place, value, item.bound, "1" if item.estimated else "", item.absence, written)


def _count(summary: Summary, item: Figure, series: Series) -> None:
    summary.figures += 1
    summary.absent += bool(item.absence)
    summary.estimated += item.estimated
    summary.bounds += bool(item.bound)
    summary.years.add(item.year)
    summary.countries |= {name for name in (item.country or series.country, item.partner or series.partner) if name.startswith("country/")}


def turtle(series: Series) -> str:
    """The declaration of a series."""
    things = (("mineral", series.mineral), ("material", series.material), ("country", series.country), ("partner", series.partner))
    codes = (("indicator", series.indicator), ("unit", series.unit), ("stage", series.stage), ("basis", series.basis))
    parts = [f"lode:certainty <{_CODE}certainty/{series.certainty}>"]
    parts += [f"lode:{name} <{_CODE}{name}/{code}>" for name, code in codes if code]
    parts += [f"lode:{name} <{_ID}{thing}>" for name, thing in things if thing]
    parts += [f'lode:hsCode "{series.hs_code}"'] if series.hs_code else []
    parts += [f'lode:hsEdition "{series.hs_edition}"^^xsd:gYear'] if series.hs_edition else []
    labels = f"rdfs:label {literal(series.label_en)}@en , {literal(series.label_ja)}@ja"
    return f"<#{series.slug}> a lode:Series ;\n    {labels} ;\n    {' ; '.join(parts)} .\n"


def card_turtle(card: Card, sha256: str, summary: Summary | None = None) -> str:
    """The source card of a table as Turtle; ``sha256`` is that of the bytes read, ``summary`` tells what rows were left."""
    kind = {4: "gYear", 7: "gYearMonth"}.get(len(card.issued), "date")
    lines = [f"dcterms:publisher {literal(card.publisher)}", f'dcterms:issued "{card.issued}"^^xsd:{kind}']
    lines += [f"dcterms:language {literal(card.language)}"]
    lines += [f"dcterms:rights {literal(card.rights[0])}@en , {literal(card.rights[1])}@ja"] if card.rights[0] else []
    lines += [f"dcterms:bibliographicCitation {literal(card.citation)}"] if card.citation else []
    lines += [f"dcterms:source <{card.source}>"] if card.source else []
    left = "; ".join(summary.told()) if summary else ""
    if left:
        told = literal(f"Left on purpose: {left}."), literal(f"意図的に除いた行：{left}。")
        lines += [f"dcterms:description {told[0]}@en , {told[1]}@ja"]
    lines += [f'lode:sha256 "{sha256}"']
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items())
    labels = f"rdfs:label {literal(card.label[0])}@en , {literal(card.label[1])}@ja"
    text = f"{prefixes}\n<> a lode:Source ;\n    {labels} ;\n    " + " ;\n    ".join(lines) + " .\n"
    if card.passage[0]:
        named = f"rdfs:label {literal(card.passage[0])}@en , {literal(card.passage[1])}@ja"
        text += f'\n<#{PASSAGE}> a lode:Passage ; lode:order 1 ; lode:section "1" ;\n    {named} .\n'
    return text
