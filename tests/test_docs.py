"""The documentation: it builds without a warning, asks nothing of other hosts, leaves nothing out, and its examples give what they say."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from live import Server
from typer.main import get_command
from typer.testing import CliRunner

import kg
from kg.settings import Settings
from kg.source import files, query_files
from service.cli.main import app

ROOT = files.root()
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
import reference  # noqa: E402  # beside the pages, outside of the packages

pytestmark = pytest.mark.slow

TOLD = [ROOT / "README.md", DOCS / "tutorial.md", DOCS / "ja" / "tutorial.md", DOCS / "how-to" / "gephi.md"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FETCHED = re.compile(r"""(?:<(?:script|img|iframe|object|embed)\b[^>]*\b(?:src|data)|<link\b[^>]*\bhref)\s*=\s*["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages; a warning, such as a link that leads nowhere, is an error."""
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "sphinx", "-E", "-W", "-n", "-q", str(DOCS), str(folder)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def _page(site: Path, name: str) -> str:
    return (site / "reference" / f"{name}.html").read_text(encoding="utf-8")


def _blocks(path: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(path.read_text(encoding="utf-8"))


EXAMPLES = [
    pytest.param(line[2:], said.splitlines(), id=f"{path.relative_to(ROOT)}:{line[2:]}")
    for path in TOLD
    for _, body in _blocks(path)
    for line, _, said in [body.partition("\n")]
    if line.startswith("$ ")
]


def test_built_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    assert [page.name for page in pages if FETCHED.search(page.read_text(encoding="utf-8"))] == []
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in site.rglob("*.css"))
    assert not re.search(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", sheets)


def test_every_page_of_docs_can_be_reached_from_the_first(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8") + (site / "ja" / "index.html").read_text(encoding="utf-8")
    names = [path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md") if path.stem != "index"]
    assert [name for name in names if f'{name.name}"' not in first] == []


def test_every_class_and_property_is_documented(site: Path) -> None:
    text = (ROOT / "ontology" / "core.ttl").read_text(encoding="utf-8")
    names = re.findall(r"^lode:(\w+) a owl:", text, re.MULTILINE)
    assert len(names) > 100
    page = _page(site, "ontology")
    assert [name for name in names if f'<span class="pre">{name}</span>' not in page] == []
    assert 'class="graphviz"' in page


def test_every_query_is_documented_with_its_columns(site: Path) -> None:
    page = _page(site, "queries")
    queries = query_files.read_all(ROOT / "queries")
    assert [name for name in queries if f'<span class="pre">{name}</span>' not in page] == []
    for path in (ROOT / "tests" / "expected").glob("*.csv"):
        wanted = next(csv.reader(path.read_text(encoding="utf-8").splitlines()[1:]))
        assert set(wanted) <= set(reference.columns(queries[path.stem.split("--")[0]])), path.stem


@pytest.mark.parametrize("name", ["exposure-and-coverage", "suspended-measures", "methods"])
def test_columns_are_those_of_the_answer(graph: kg.Graph, name: str) -> None:
    assert reference.columns(query_files.read_all(ROOT / "queries")[name]) == list(graph.ask(name)[0])


def test_every_call_is_documented(site: Path, lodegraph: Server) -> None:
    page = _page(site, "rest") + _page(site, "queries")
    paths = lodegraph.get("/openapi.json").json()["paths"]
    wanted = [
        (path, f"{method.upper()} {path}" if not path.startswith("/queries/") else path[9:]) for path in paths for method in paths[path]
    ]
    plain = re.sub(r"<[^>]+>", "", page)
    assert [path for path, words in wanted if words not in plain] == []


def test_every_command_and_setting_is_documented(site: Path) -> None:
    commands = re.sub(r"<[^>]+>", "", _page(site, "commands"))
    assert [name for name in get_command(app).commands if f"lode {name}" not in commands] == []  # type: ignore[attr-defined]  # it is a group
    page = _page(site, "settings")
    assert [name for name in Settings.model_fields if f">LODE_{name.upper()}<" not in page] == []


@pytest.mark.parametrize(("command", "said"), EXAMPLES)
def test_an_example_gives_what_it_says(
    command: str, said: list[str], graph: kg.Graph, lodegraph: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **options: graph)
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(command)
    if program == "curl":
        got = lodegraph.get(words[0].removeprefix("http://127.0.0.1:8000")).text
    else:
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        got = done.stdout
    lines = got.splitlines()
    if said and said[-1] == "...":
        assert len(lines) >= len(said)
        lines, said = lines[: len(said) - 1], said[:-1]
    assert not said or lines == said


@pytest.mark.parametrize("path", TOLD[:3], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_program_prints_what_stands_below_it(
    path: Path, graph: kg.Graph, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kg, "open_graph", lambda: graph)
    blocks = _blocks(path)
    at = next(number for number, (kind, _) in enumerate(blocks) if kind == "python")
    exec(compile(blocks[at][1], str(path), "exec"), {})
    said = blocks[at + 1][1] if blocks[at + 1 :] and blocks[at + 1][0] == "text" else ""
    assert capsys.readouterr().out == said


def test_the_licence_of_the_data_names_each_table_with_its_rights() -> None:
    text = (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")
    for path in sorted((ROOT / "ontology" / "tables").glob("*/source.ttl")):
        card = re.search(r'dcterms:rights "([^"]+)"@en', path.read_text(encoding="utf-8"))
        assert card and f"ontology/tables/{path.parent.name}\n" in text and card[1] in text, path


def test_the_citation_names_this_version() -> None:
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    found = dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith((" ", "-")))
    assert found["cff-version"] == "1.2.0" and found["version"] == kg.__version__ and found["license"] == "Apache-2.0"
    assert {"message", "title"} <= found.keys() and "authors:" in lines
