"""What the command line prints reaches every kind of standard output: any locale, none at all, or one that takes no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.source import files

pytestmark = pytest.mark.slow
# Every command that prints, with Japanese and other letters in what it says; one process runs them all.
COMMANDS = [
    "ask pillars --lang ja", "ask pillars --lang ja --format csv", "ask pillars --lang ja --format json", "ask nowhère 希土",
    "show dysprosium --lang ja", "show dysprosium --lang ja --format csv", "show dysprosium --format json",
    "show dysprosium --format turtle",
    "search ジスプロ", "search zzzz", "paths air-conditioner china --lang ja --most 1", "stats", "stats --format turtle", "list queries",
    "list country", "risks tungsten --lang ja", "compare tungsten,cobalt --lang ja", "policy nickel --lang ja",
    "exposure tungsten --as-of 2012-12-31 --lang ja", "chokepoints air-conditioner --lang ja", "coverage --lang ja",
    "chain quota-cut-2010 technology-leakage --lang ja", "episodes", "settings", "export json --center dysprosium",
    "export mermaid --center dysprosium --lang ja", "scenario - --lang ja", "check /nowhere/é", "--help", "serve --help", "nothing",
    "load /nowhere/表.csv", "dump /dev/null/希", "push http://127.0.0.1:9/é",
]  # fmt: skip
# Of these, what takes seconds each: it prints by the same means, and runs under one locale and with all streams closed.
LONG = ("episodes", "risks ", "stats --format", "exposure ", "compare ", "paths ", "show dysprosium --format json")
SHORT = [words for words in COMMANDS if not words.startswith(LONG)]
RUN = """
import io, json, os, sys
import kg.graph.graph, service.cli.output
from service.cli.main import main
opened = kg.build.opening.open_graph()
kg.build.opening.open_graph = lambda *given, **options: opened
plan = b'{"actions": [{"action": "restrict", "supplier": "china", "percent": 100, "minerals": ["tungsten"]}]}'
codes = {}
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = [os.fsdecode(word.encode()) for word in words.split()]  # as a shell gives them
    sys.stdin = io.TextIOWrapper(io.BytesIO(plan))
    try:
        main()
        codes[words] = 0
    except SystemExit as ended:
        codes[words] = ended.code
    except BaseException as error:
        codes[words] = repr(error)
with open(CODES, "w") as file:
    json.dump(codes, file)
"""
ALL_UNDER = "C, as it is"
LOCALES = {
    "cp932": {"PYTHONIOENCODING": "cp932"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "ascii, strictly": {"PYTHONIOENCODING": "ascii:strict"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "C": {"LC_ALL": "C", "PYTHONIOENCODING": ""},
    "C, as it is": {"LC_ALL": "C", "PYTHONIOENCODING": "", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def _run(words: list[str], folder: Path, said: dict[str, str], closing: str = "") -> tuple[dict[str, object], bytes, bytes]:
    """Exit codes by command, and what came on both streams; ``closing`` is what a shell does to them."""
    code = RUN.replace("CODES", repr(str(folder / "codes")))
    given = [sys.executable, "-c", code, json.dumps(words)]
    shell = ["sh", "-c", f'exec "$@" {closing}', "sh", *given] if closing else given
    environment = {**os.environ, "NO_COLOR": "1", **said}
    done = subprocess.run(shell, cwd=files.root(), env=environment, capture_output=True, check=False, timeout=500)
    assert (folder / "codes").exists(), done.stderr.decode("utf-8", "replace")
    return json.loads((folder / "codes").read_text(encoding="ascii")), done.stdout, done.stderr


@pytest.mark.parametrize("name", LOCALES)
def test_every_command_prints_under_every_locale(name: str, tmp_path: Path) -> None:
    commands = COMMANDS if name == ALL_UNDER else SHORT
    codes, out, err = _run(commands, tmp_path, LOCALES[name])
    assert {words: code for words, code in codes.items() if code not in (0, 1, 2)} == {}
    assert len([code for code in codes.values() if code == 0]) >= len(commands) - 8
    assert b"Traceback" not in err
    assert len(out) > 50_000


@pytest.mark.parametrize(("closing", "commands"), [(">&-", SHORT), ("2>&-", SHORT), (">&- 2>&- <&-", COMMANDS)])
def test_every_command_ends_where_a_stream_is_closed(closing: str, commands: list[str], tmp_path: Path) -> None:
    codes, _, err = _run(commands, tmp_path, {}, closing)
    assert {words: code for words, code in codes.items() if code not in (0, 1, 2)} == {}
    assert b"Traceback" not in err


def test_what_an_encoding_cannot_say_is_written_so_that_it_can_be_read_back(tmp_path: Path) -> None:
    _, out, _ = _run(["ask pillars --lang ja --format json"], tmp_path, {"PYTHONIOENCODING": "ascii"})
    assert len(json.loads(out)) == 4
    _, plain, _ = _run(["ask pillars --lang ja --format json"], tmp_path, {"PYTHONIOENCODING": ""})
    assert json.loads(plain) == json.loads(out)
    _, turtle, _ = _run(["show dysprosium --format turtle"], tmp_path, {"PYTHONIOENCODING": "cp932"})
    assert "ジスプロシウム" in turtle.decode("utf-8")


def test_an_encoding_that_knows_japanese_gets_japanese(tmp_path: Path) -> None:
    _, out, err = _run(["ask pillars --lang ja", "ask 希土 --lang ja"], tmp_path, {"PYTHONIOENCODING": "cp932"})
    assert "レアメタル" in out.decode("cp932")
    assert "希土" in err.decode("cp932")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        assert sys.platform != "linux"
        return
    words = ["sh", "-c", 'exec "$@" > /dev/full', "sh", sys.executable, "-m", "service", "settings"]
    done = subprocess.run(words, cwd=files.root(), capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Standard output: No space left on device."]
