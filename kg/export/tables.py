"""The drawing as tables: CSV for Gephi and for Neo4j, workbooks for Excel and for Kumu, Parquet.

Two tables, nodes and edges, each a file; their bytes and those of the archive that holds both are the same for the
same drawing. Knows these formats and the columns that their readers ask for; knows nothing of the graph. Texts in CSV
are as ``kg.export.csv_injection`` writes them, and ``kg.export.csv_injection.restore`` reads them back; in a workbook and in Parquet
they stand as they are, since a cell there has a type.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import BadParameter
from ..layout.elements import EDGE_NUMBERS, EDGE_TEXTS, NODE_TEXTS, Drawing, Item, Value
from ..source.files import how_to_install
from .csv_injection import neutralise

PARTS = ("nodes", "edges")
DAYS = ("start", "end")
FIRST_YEAR = 1900  # that a workbook has days for; older ones are text
_EDGES = (*EDGE_TEXTS, *EDGE_NUMBERS)
_TIME = (1980, 1, 1, 0, 0, 0)  # of every file in an archive, so that its bytes do not change from day to day

Columns = Sequence[tuple[str, str]]  # heading, and name in the drawing


def gephi(drawing: Drawing) -> dict[str, bytes]:
    """CSV with the headings that Gephi's spreadsheet import knows: Id, Label; Source, Target, Type, Label, Weight."""
    kept = [(name, name) for name in NODE_TEXTS if name != "label"]
    nodes = _csv([("Id", "id"), ("Label", "label"), *kept], drawing.nodes)
    kept = [(name, name) for name in _EDGES if name not in ("relation", "weight")]
    heads = [("Source", "source"), ("Target", "target"), ("Type", "directed"), ("Id", "id"), ("Label", "relation"), ("Weight", "weight")]
    edges = _csv([*heads, *kept], ({**edge, "directed": "Directed"} for edge in drawing.edges))
    return {"nodes.csv": nodes, "edges.csv": edges}


def neo4j(drawing: Drawing) -> dict[str, bytes]:
    """CSV with the headings of ``neo4j-admin database import``; a node's label is its kind, an edge's type its relation."""
    nodes = [("iri:ID", "iri"), (":LABEL", "kind"), *_typed(name for name in NODE_TEXTS if name not in ("iri", "kind"))]
    iris = {node["id"]: node["iri"] for node in drawing.nodes}
    ends: Iterable[Item] = ({**edge, "from": iris[edge["source"]], "to": iris[edge["target"]]} for edge in drawing.edges)
    edges = [(":START_ID", "from"), (":END_ID", "to"), (":TYPE", "relation"), *_typed(name for name in _EDGES if name != "relation")]
    return {"nodes.csv": _csv(nodes, drawing.nodes), "edges.csv": _csv(edges, ends)}


def _typed(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        kind = ":date" if name in DAYS else ":double" if name in EDGE_NUMBERS else ""
        yield f"{name}{kind}", name


def excel(drawing: Drawing) -> bytes:
    """A workbook with the sheets nodes, edges and about. Texts are never formulas, days are days, numbers are numbers."""
    nodes: Columns = [(name, name) for name in ("id", *NODE_TEXTS)]
    edges: Columns = [(name, name) for name in ("id", "source", "target", *_EDGES)]
    about: Iterable[Item] = [{"about": drawing.about}]
    return _workbook([("nodes", nodes, drawing.nodes), ("edges", edges, drawing.edges), ("about", [("about", "about")], about)])


def kumu(drawing: Drawing) -> bytes:
    """A workbook with the sheets Elements and Connections. Kumu joins by label and cuts at ``|``: labels are made unique, without it."""
    labels = _unique(drawing.nodes)
    elements = [{**node, "own": labels[node["id"]]} for node in drawing.nodes]
    connections = [
        {**edge, "from": labels[edge["source"]], "to": labels[edge["target"]], "direction": "directed"} for edge in drawing.edges
    ]
    heads = [("Label", "own"), ("Type", "kind"), *((name, name) for name in NODE_TEXTS if name not in ("label", "kind"))]
    ends = [("ID", "id"), ("From", "from"), ("To", "to"), ("Direction", "direction"), ("Type", "relation")]
    kept = [(name, name) for name in _EDGES if name != "relation"]
    return _workbook([("Elements", heads, elements), ("Connections", [*ends, *kept], connections)])


def parquet(drawing: Drawing) -> dict[str, bytes]:
    """Parquet with days as DATE and numbers as DOUBLE. Raises BadParameter where pyarrow is not installed."""
    try:
        import pyarrow
        from pyarrow.parquet import write_table
    except ImportError:
        raise BadParameter("This installation cannot write Parquet.", how_to_install("parquet"), parameter="format") from None
    files = {}
    for part, names, items in (
        ("nodes", ("id", *NODE_TEXTS), drawing.nodes),
        ("edges", ("id", "source", "target", *_EDGES), drawing.edges),
    ):
        kinds = [pyarrow.date32() if n in DAYS else pyarrow.float64() if n in EDGE_NUMBERS else pyarrow.string() for n in names]
        columns = [pyarrow.array([_cell(item, name) for item in items], kind) for name, kind in zip(names, kinds, strict=True)]
        held = io.BytesIO()
        table = pyarrow.table(dict(zip(names, columns, strict=True)))
        write_table(table.replace_schema_metadata({"about": drawing.about}), held)
        files[f"{part}.parquet"] = held.getvalue()
    return files


def archive(files: dict[str, bytes]) -> bytes:
    """Files as one ZIP, whose bytes depend on theirs alone."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, body)
    return held.getvalue()


def _csv(columns: Columns, items: Iterable[Item]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(heading for heading, _ in columns)
    writer.writerows([neutralise(item.get(name, "")) for _, name in columns] for item in items)
    return held.getvalue().encode()


def _workbook(sheets: Iterable[tuple[str, Columns, Iterable[Item]]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, columns, items in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append([heading for heading, _ in columns])
        for item in items:
            sheet.append([_written(sheet, _cell(item, name)) for _, name in columns])
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as source:
        files = {name: source.read(name) for name in source.namelist()}
    files["docProps/core.xml"] = re.sub(rb"(?<=>)\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", files["docProps/core.xml"])
    return archive(files)


def _written(sheet: Any, value: Value | datetime.date | None) -> Any:
    """A cell; one of text is text even where it starts with a sign that would make it a formula."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    if isinstance(value, datetime.date) and value.year < FIRST_YEAR:
        value = value.isoformat()
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # its stubs forget days
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _cell(item: Item, name: str) -> Value | datetime.date | None:
    value = item.get(name)
    return datetime.date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value


def _unique(nodes: Iterable[Item]) -> dict[Value, str]:
    plain = {node["id"]: str(node["label"]).replace("|", "¦") for node in nodes}
    times = Counter(label.casefold() for label in plain.values())
    return {name: label if times[label.casefold()] == 1 else f"{label} ({name})" for name, label in plain.items()}
