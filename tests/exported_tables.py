"""What pandas, DuckDB, a workbook's reader, ndex2, Graphviz and an HTML parser find in exported files, in the form of ``exported``."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import ndex2.cx2
import openpyxl
import pandas
from exported import Content, gather
from live import WAIT

from kg.export.csv_injection import restore
from kg.export.tables import PARTS

Rows = list[dict[str, Any]]


def of_rows(nodes: Rows, edges: Rows, key: str, source: str, target: str) -> Content:
    """Rows of two tables joined by the columns named; numbers that stand as text are read, empty cells are unknown."""
    known = {row[key]: _known(row) for row in nodes}
    assert len(known) == len(nodes)
    return gather(known, ((row[source], row[target], _known(row)) for row in edges))


def _known(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if value is not None and value == value and value != "" and value is not pandas.NaT}  # noqa: PLR0124  # NaN
    for name in ("share", "weight"):
        if name in found:
            found[name] = float(found[name])
    for name in ("start", "end"):
        if name in found:
            found[name] = str(found[name])[:10]
    return found


def _unpacked(body: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)


def gephi_by_pandas(body: bytes, folder: Path) -> Content:
    _unpacked(body, folder)
    nodes, edges = (
        pandas.read_csv(folder / f"{part}.csv", dtype=str, keep_default_na=False).map(restore).to_dict("records") for part in PARTS
    )
    assert list(nodes[0])[:2] == ["Id", "Label"]
    assert {row["Type"] for row in edges} == {"Directed"}
    edges = [{**row, "relation": row["Label"], "weight": row["Weight"]} for row in edges]
    return of_rows(nodes, edges, "Id", "Source", "Target")


def neo4j_by_duckdb(body: bytes, folder: Path) -> Content:
    _unpacked(body, folder)
    nodes, edges = (
        _asked(f"FROM read_csv('{folder}/{part}.csv', all_varchar=true, header=true, quote='\"', escape='\"')") for part in PARTS
    )
    nodes, edges = ([{name: restore(value or "") for name, value in row.items()} for row in rows] for rows in (nodes, edges))
    plain = [{name.partition(":")[0] or name: value for name, value in row.items()} for row in nodes]
    assert all(row[":LABEL"] for row in nodes)
    named = [{**{name.partition(":")[0] or name: value for name, value in row.items()}, "relation": row[":TYPE"]} for row in edges]
    return of_rows(plain, named, "iri", ":START_ID", ":END_ID")


def parquet_by_duckdb(body: bytes, folder: Path) -> Content:
    _unpacked(body, folder)
    types = {
        name: str(kind)
        for name, kind in duckdb.sql(f"DESCRIBE FROM '{folder}/edges.parquet'").project("column_name, column_type").fetchall()
    }
    assert (types["start"], types["share"], types["relation"]) == ("DATE", "DOUBLE", "VARCHAR")
    nodes, edges = (_asked(f"FROM '{folder}/{part}.parquet'") for part in PARTS)
    return of_rows(nodes, edges, "id", "source", "target")


def _asked(query: str) -> Rows:
    found = duckdb.sql(query)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def xlsx_by_pandas(body: bytes, folder: Path) -> Content:
    sheets = pandas.read_excel(io.BytesIO(body), sheet_name=None, dtype=object, keep_default_na=False)
    assert list(sheets) == ["nodes", "edges", "about"]
    return of_rows(sheets["nodes"].to_dict("records"), sheets["edges"].to_dict("records"), "id", "source", "target")


def kumu_by_openpyxl(body: bytes, folder: Path) -> Content:
    """Joined by label, as Kumu does; no label holds the sign at which it cuts; no cell is a formula."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    tables = {}
    for sheet in book:
        head, *rows = list(sheet)
        assert not [cell for row in rows for cell in row if cell.data_type == "f"]
        tables[sheet.title] = [{str(h.value): cell.value for h, cell in zip(head, row, strict=True)} for row in rows]
    assert list(tables) == ["Elements", "Connections"]
    labels = [row["Label"] for row in tables["Elements"]]
    assert not [label for label in labels if "|" in label]
    assert len({label.casefold() for label in labels}) == len(labels)
    edges = [{**row, "relation": row["Type"]} for row in tables["Connections"]]
    assert len({row["ID"] for row in edges}) == len(edges)
    return of_rows(tables["Elements"], edges, "Label", "From", "To")


def cx2_by_ndex2(body: bytes, folder: Path) -> Content:
    net = ndex2.cx2.RawCX2NetworkFactory().get_cx2network(json.loads(body))
    nodes = {number: node["v"] for number, node in net.get_nodes().items()}
    return gather(nodes, ((edge["s"], edge["t"], edge["v"]) for edge in net.get_edges().values()))


def dot_by_graphviz(body: bytes, folder: Path) -> Content:
    """As Graphviz itself reads it. A backslash stays doubled there until the text is drawn."""
    done = subprocess.run(["dot", "-Tdot_json"], input=body, check=True, capture_output=True, timeout=WAIT)
    assert not done.stderr
    read = json.loads(done.stdout.replace(rb"\\\\", rb"\\"))
    objects = {item["_gvid"]: _known(item) for item in read["objects"]}
    return gather(objects, ((edge["tail"], edge["head"], _known(edge)) for edge in read["edges"]))


class _Picture(HTMLParser):
    """Boxes and lines of a picture, with their data; and whatever would be fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: Rows = []
        self.edges: Rows = []
        self.words: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = {name.removeprefix("data-").replace("-", "_"): value for name, value in attrs if name.startswith("data-")}
        kinds = (given.get("class") or "").split()
        if "node" in kinds:
            self.nodes.append({**data, "id": given["id"]})
        elif "edge" in kinds:
            self.edges.append(data)
        self.outside += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "action")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def picture_by_parser(body: bytes, folder: Path) -> Content:
    """Of SVG, and of HTML with the same picture in it."""
    read = _Picture()
    read.feed(body.decode())
    assert read.outside == []
    return of_rows(read.nodes, read.edges, "id", "source", "target")


READERS = [
    ("dot", dot_by_graphviz),
    ("cx2", cx2_by_ndex2),
    ("csv-gephi", gephi_by_pandas),
    ("csv-neo4j", neo4j_by_duckdb),
    ("parquet", parquet_by_duckdb),
    ("xlsx", xlsx_by_pandas),
    ("xlsx-kumu", kumu_by_openpyxl),
    ("svg", picture_by_parser),
    ("html", picture_by_parser),
]
