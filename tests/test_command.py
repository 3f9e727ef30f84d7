"""The command line: what each command prints and where, in each format, and how it ends."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from live import WAIT
from typer.testing import CliRunner, Result

from kg import Graph
from kg.settings import Settings
from kg.source import files
from service.cli.main import app

pytestmark = pytest.mark.slow

DAY = ("--as-of", "2012-12-31")
LATER = ("--as-of", "2013-03-31")


@pytest.fixture(autouse=True)
def one_graph(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph of all tests, so that no command opens its own."""
    monkeypatch.setattr("kg.build.opening.open_graph", lambda **options: graph)


def run(*words: str, code: int = 0, given: str | None = None) -> Result:
    result = CliRunner().invoke(app, list(words), input=given)
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    return result


def rows(*words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))


def data(*words: str, given: str | None = None) -> Any:
    return json.loads(run(*words, "--format", "json", given=given).stdout)


def _commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def test_every_command_is_there_and_shows_an_example() -> None:
    wanted = {"serve", "ask", "show", "search", "paths", "scenario", "export", "load", "push", "check", "list", "stats", "mcp", "settings"}
    assert wanted <= _commands().keys()
    assert [name for name, command in _commands().items() if f"lode {name}" not in (command.help or "")] == []


def test_every_command_stands_in_the_documentation() -> None:
    lines = (files.root() / "docs" / "cli.md").read_text(encoding="utf-8").splitlines()
    listed = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert sorted(listed) == sorted(_commands())


def test_without_the_protocols_library_mcp_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("service.mcp.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert "python3 run.py install mcp" in run("mcp", code=2).stderr


def test_formats_have_the_same_names_everywhere() -> None:
    for name, command in _commands().items():
        options = {param.name: param for param in command.params if "--format" in param.opts}
        for option in options.values():
            words = option.help.rstrip(".").replace(" or ", ", ").replace(",,", ",").split(", ")
            assert set(words) <= {"table", "csv", "json", "turtle"}, name


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "pillars"), ("show", "dysprosium"), ("search", "tungsten"), ("paths", "air-conditioner", "china"), ("stats",),
        ("list",), ("risks", "tungsten"), ("compare", "tungsten,cobalt"), ("policy", "nickel"), ("exposure", "china"),
        ("chokepoints", "air-conditioner"), ("coverage",), ("chain", "quota-cut-2010"), ("settings",),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_format_that_is_none_is_wrong_use(words: tuple[str, ...]) -> None:
    result = run(*words, "--format", "xml", code=2)
    assert result.stdout == ""
    assert "format is “xml”. It must be one of table, csv, json" in result.stderr


def test_ask_gives_rows() -> None:
    found = rows("ask", "export-quotas", "--mineral", "rare-earths", "--since=2010", "--until=2010")
    assert "30259" in {row["value"] for row in found}
    assert len(data("ask", "pillars", "--lang", "ja")) == 4
    assert "Unknown name" not in run("ask", "pilars", code=2).stderr
    assert "Near it: pillars" in run("ask", "pilars", code=2).stderr
    assert "no parameter" in run("ask", "pillars", "--x", "1", code=2).stderr


def test_show_in_each_format() -> None:
    assert "Dysprosium (ジスプロシウム)" in run("show", "dysprosium").stdout
    assert {row["certainty"] for row in rows("show", "dysprosium")} >= {"stated"}
    assert data("show", "tungsten", *DAY)["as_of"] == "2012-12-31"
    assert data("show", "china")["kind"] == "country"
    assert "mineral\\/dysprosium" in run("show", "dysprosium", "--format", "turtle").stdout
    assert "There is no thing" in run("show", "dysprosum", code=2).stderr


def test_search_finds_names_in_both_languages() -> None:
    assert rows("search", "ジスプロ")[0] == {
        "kind": "mineral", "slug": "dysprosium", "label": "Dysprosium", "other_label": "ジスプロシウム",
    }  # fmt: skip
    nothing = run("search", "zzzz")
    assert "Nothing has that name." in nothing.stderr


def test_stats_count_things_of_each_class() -> None:
    counts = {row["class"]: int(row["count"]) for row in rows("stats")}
    # the list of Japan's 31 rare metals and the 17 rare earths are minerals, as are their groups
    assert counts["Pillar"] == 4
    assert counts["Mineral"] > 48
    assert "statements" in run("stats").stderr
    assert "void:Dataset" in run("stats", "--format", "turtle").stdout or "rdfs.org/ns/void#" in run("stats", "-f", "turtle").stdout


def test_list_gives_queries_kinds_formats_and_things() -> None:
    assert {"pillars", "export-quotas"} <= {row["name"] for row in rows("list", "queries")}
    assert "mineral" in {row["kind"] for row in rows("list", "kinds")}
    assert "gexf" in {row["format"] for row in rows("list", "formats")}
    assert "japan" in {row["slug"] for row in rows("list", "country")}


def test_paths_as_rows() -> None:
    steps = rows("paths", "air-conditioner", "china", *DAY, "--most", "1")
    assert [row["relation"] for row in steps] == ["uses", "formOf", "dependsOn"]
    assert "No path is recorded." in run("paths", "japan", "hafnium").stderr


def test_export_to_a_file_or_to_nowhere(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    result = run("export", "json", "--center", "dysprosium", "-o", str(target))
    assert result.stdout == ""
    assert "bytes in" in result.stderr
    assert json.loads(target.read_text(encoding="utf-8"))["nodes"]
    assert "No such file" in run("export", "json", "--center", "dysprosium", "-o", str(tmp_path / "no" / "a"), code=1).stderr
    assert "There is no" in run("export", "pdf", "--center", "dysprosium", code=2).stderr


def test_exposure_tells_what_hangs_on_a_thing() -> None:
    things = {row["thing"] for row in rows("exposure", "tungsten", *DAY, "--by", "stated")}
    assert "Cemented carbide tool" in things  # 4.3 paragraph 1
    assert "not in force" in run("exposure", "cn-tungsten-export-quota", "--as-of", "2004-12-31").stderr
    assert "by is “x”" in run("exposure", "tungsten", "--by", "x", code=2).stderr


def test_chokepoints_of_the_air_conditioner() -> None:
    found = rows("chokepoints", "air-conditioner", *DAY)
    assert {"Dysprosium", "Neodymium magnet that contains dysprosium"} <= {row["lost"] for row in found if row["cut"] == "single"}
    assert "There is no" in run("chokepoints", "airconditioner", code=2).stderr


def test_a_scenario_comes_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    # The article, of 2013, is what tells of tungsten's suppliers.
    plan = '{"actions": [{"action": "restrict", "supplier": "china", "percent": 100, "minerals": ["tungsten"]}]}'
    (tmp_path / "plan.json").write_text(plan, encoding="utf-8")
    found = data("scenario", str(tmp_path / "plan.json"), *LATER)
    assert found["minerals"][0]["thing"]["slug"] == "tungsten"
    assert data("scenario", "-", *LATER, given=plan) == found
    assert "Field required" in run("scenario", "-", given="{}", code=2).stderr
    assert "No such file" in run("scenario", str(tmp_path / "none"), code=2).stderr


def test_coverage_puts_gaps_first() -> None:
    found = {row["mineral"]: row for row in rows("coverage", *DAY)}
    tungsten = found["Tungsten"]
    assert tungsten["Promotion of securing overseas resources"] == "none recorded"
    assert (tungsten["Promotion of recycling"], tungsten["Rare-metal stockpiling"]) == ("1 designated", "1 operating")
    assert tungsten["Development of substitute materials and the like"] == "1 operating"


def test_a_chain_follows_stated_links() -> None:
    found = rows("chain", "quota-cut-2010", "technology-leakage")
    assert [row["later"] for row in found][-1] == "Leakage of technology"
    assert "There is no" in run("chain", "quota-cut-201", code=2).stderr


def test_episodes_are_told_as_json() -> None:
    found = json.loads(run("episodes").stdout)
    assert len(found["episodes"]) == 2
    assert "There is no" in run("episodes", "--supplier", "chin", code=2).stderr


def test_settings_tell_where_each_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LODE_PORT=8001\nLODE_HOST=0.0.0.0\nLODE_STORE_PASSWORD=secret\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LODE_PORT", "8002")
    found = {row["setting"]: row for row in rows("settings")}
    assert found.keys() == {f"LODE_{name.upper()}" for name in Settings.model_fields}
    assert (found["LODE_PORT"]["value"], found["LODE_PORT"]["from"]) == ("8002", "environment")
    assert (found["LODE_HOST"]["value"], found["LODE_HOST"]["from"]) == ("0.0.0.0", ".env")
    assert (found["LODE_QUERIES"]["value"], found["LODE_QUERIES"]["from"]) == ("2", "default")
    assert found["LODE_STORE_PASSWORD"]["value"] == "***"
    monkeypatch.setenv("LODE_PROT", "1")
    assert "LODE_PROT is no setting. Near it: LODE_PORT" in run("settings", code=2).stderr


def test_completion_is_offered() -> None:
    words = {**os.environ, "_LODE_COMPLETE": "complete_bash", "COMP_WORDS": "lode se", "COMP_CWORD": "1"}
    found = _process("-c", "import sys; sys.argv[0] = 'lode'; from service.cli.main import main; main()", environment=words)
    assert set(found.stdout.split()) == {"serve", "search", "settings"}


def test_data_go_to_standard_output_and_the_rest_to_standard_error() -> None:
    plain = {**os.environ, "NO_COLOR": "1", "FORCE_COLOR": ""}
    good = _process("-m", "service", "settings", "--format", "json", environment=plain)
    assert good.returncode == 0
    assert json.loads(good.stdout)
    assert good.stderr == ""
    wrong = _process("-m", "service", "settings", "--format", "xml", environment=plain)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "\x1b" not in _process("-m", "service", "--help", environment=plain).stdout
    failed = _process("-m", "service", "check", "/nonexistent", environment=plain)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Traceback" not in failed.stderr


def _process(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], env=environment, cwd=files.root(), capture_output=True, text=True, check=False, timeout=WAIT
    )
