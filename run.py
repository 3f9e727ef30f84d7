#!/usr/bin/env python3
"""Installs what is asked for into .venv (hash-checked), then serves, tests, or runs any `lode` command.

python3 run.py serve               the service at http://127.0.0.1:8000
python3 run.py test                all checks and tests
python3 run.py test --fast         style, types, and the tests that need no browser, server or other store
python3 run.py test WORDS          style, types, and pytest with these words
python3 run.py install parquet png   what an export or a protocol needs on top: mcp, parquet, png
python3 run.py ...                 anything that `lode` takes
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# A file of pins a part. Each holds all that its part needs, and `test` all that any other does.
PINS = HERE / "requirements"
SERVE, TEST = "serve", "test"
EXTRAS = ("mcp", "parquet", "png")
# Programs that the tests run, and Debian's packages that have them; pages are looked at with a Japanese font.
PROGRAMS = {
    "virtuoso-t": "virtuoso-opensource-7",
    "dot": "graphviz",
    "chromium": "chromium",
    "fc-list": "fontconfig",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "haproxy": "haproxy",
    "openssl": "openssl",
    "systemd-analyze": "systemd",
}
FONT = "fonts-noto-cjk"
# The tests go by file to three processes, since many wait more than they work, long files first; those of limits, which hold a machine
# up, come last and alone.
# A process of tests that dies is not replaced, for that may hang (pytest-xdist issue 1327): the run fails and names its test.
ALONE = ["tests/test_limits.py"]
PARTED = ["-n", "3", "--max-worker-restart", "0", "--dist", "loadfile", "--no-loadscope-reorder"]
# The graph that most tests ask is built, where it is not there yet, while style and types are looked at.
BUILD = "import kg; kg.open_graph()"
FAST = ["-m", "not (browser or engines or slow)"]


def install(*parts: str) -> None:
    """Make .venv hold what the pins of these parts and of those installed before say; nothing is done where it does already."""
    python, held = _read_stamp()
    pinned = {part: _digest(PINS / f"{part}.txt") for part in (SERVE, *EXTRAS, TEST)}
    wanted = [TEST] if TEST in parts or TEST in held else [part for part in pinned if part in parts or part in held]
    fresh = python != _version() or any(pinned.get(part, digest) != digest for part, digest in held.items() if part != "project")
    project = _digest(HERE / "pyproject.toml")
    if not fresh and held.get("project") == project and all(part in held for part in wanted):
        return
    if fresh:
        _make_venv()
        held = {}
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps"]
    missing = [part for part in wanted if part not in held]
    if missing:
        print(f"Installing into .venv: {', '.join(missing)} ...", file=sys.stderr, flush=True)
        files = [word for part in missing for word in ("-r", str(PINS / f"{part}.txt"))]
        subprocess.run([*pip, "--require-hashes", *files], check=True)
    if held.get("project") != project:
        subprocess.run([*pip, "--no-build-isolation", "-e", str(HERE)], check=True)
        subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(HERE / "kg"), str(HERE / "service")], check=True)  # for the first start
    _write_stamp({**held, **{part: pinned[part] for part in wanted}, "project": project})


def _make_venv() -> None:
    import venv

    venv.create(VENV, with_pip=True, clear=VENV.exists())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version() -> str:
    return " ".join(sys.version.split())


def _read_stamp() -> tuple[str, dict[str, str]]:
    """The Python that .venv was made with, and each part that it holds with the digest of its pins."""
    try:
        lines = (VENV / "installed").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "", {}
    pairs = dict(line.partition(" ")[::2] for line in lines)
    return pairs.pop("python", ""), pairs


def _write_stamp(held: dict[str, str]) -> None:
    lines = [f"python {_version()}", *(f"{part} {digest}" for part, digest in held.items())]
    (VENV / "installed").write_text("\n".join(lines) + "\n", encoding="utf-8")


def missing_packages() -> list[str]:
    """Debian's packages that the tests need and that are not there."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    fonts = shutil.which("fc-list")
    if not fonts or not subprocess.run([fonts, ":lang=ja"], check=True, capture_output=True).stdout:
        missing.append(FONT)
    return missing


def install_programs() -> bool:
    """Have from Debian's packages what is under test or reads what is written; says what to do where that cannot be."""
    missing = missing_packages()
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *missing]):
            subprocess.run(["apt-get", *words], check=False, env=quiet, stdout=sys.stderr)
        missing = missing_packages()
    if missing:
        names = " ".join(missing)
        print(f"The tests need {names}: as root, run `apt-get update && apt-get install {names}`.", file=sys.stderr)
    return not missing


def fast_files() -> list[Path]:
    """Files of tests that bear no mark as a whole. The others are not even read, since what they import is slow as well."""
    marked = re.compile(r"^pytestmark\b[^\n]*(\n[^\n]*)?\bmark\.(browser|engines|slow)\b", re.MULTILINE)
    found = sorted((HERE / "tests").glob("test_*.py"))
    return [path.relative_to(HERE) for path in found if not marked.search(path.read_text(encoding="utf-8"))]


def steps(words: list[str]) -> dict[str, list[str]]:
    """The parts of a test run, each a name and what `python -m` is given."""
    found = {
        "style": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
    }
    if words[:1] == ["--fast"]:
        return {**found, "tests": ["pytest", *PARTED, *FAST, *map(str, fast_files()), *words[1:]]}
    if words:
        return {**found, "tests": ["pytest", *words]}
    apart = [f"--ignore={path}" for path in ALONE]
    return {**found, "tests": ["pytest", *PARTED, *apart], "limits": ["pytest", "-n", "2", *PARTED[2:4], "--dist", "loadgroup", *ALONE]}


def test(words: list[str]) -> int:
    """Every part is run, also where an earlier one failed; a line each at the end says how it went."""
    if words[:1] != ["--fast"] and not install_programs():
        return 1
    told = []
    failed = False
    building = subprocess.Popen([str(PYTHON), "-c", BUILD], cwd=HERE)
    for name, step in steps(words).items():
        start = time.monotonic()
        if name == "tests":
            building.wait()
        code = subprocess.run([str(PYTHON), "-m", *step], cwd=HERE, check=False).returncode
        failed |= code != 0
        outcome = "passed" if code == 0 else f"FAILED (exit code {code})"
        told.append(f"{name:8} {outcome} in {time.monotonic() - start:.0f} s")
    print("\n" + "\n".join(told), flush=True)
    return 1 if failed else 0


def main() -> int:
    """Run what the command line asks for."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the one file that an older Python may be given
        print("Lodegraph needs Python 3.11 or newer.", file=sys.stderr)
        return 2
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    command, rest = words[0], words[1:]
    if command == "install":
        unknown = [part for part in rest if part not in (SERVE, *EXTRAS, TEST)]
        if unknown:
            print(f"There is no part {unknown[0]}. There are: {', '.join((SERVE, *EXTRAS, TEST))}.", file=sys.stderr)
            return 2
        install(SERVE, *rest)
        return 0
    if command == "test":
        install(TEST)
        return test(rest)
    install(SERVE, *(["mcp"] if command == "mcp" else []))
    sys.stderr.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", "service", *words])


if __name__ == "__main__":
    sys.exit(main())
