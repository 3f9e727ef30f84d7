#!/usr/bin/env python3
"""Installs what Lodegraph needs into .venv (hash-checked), then serves, tests, or runs any `lode` command.

python3 run.py serve    the service at http://127.0.0.1:8000
python3 run.py test     all checks and tests
python3 run.py ...      anything that `lode` takes
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PINS = HERE / "requirements.txt"
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
# The tests go by file to two processes; those of limits, which measure what a busy machine blurs, come last and alone.
ALONE = ["tests/test_limits.py"]
PARTED = ["-n", "2", "--dist", "loadfile", *(f"--ignore={path}" for path in ALONE)]


def install() -> None:
    """Make .venv hold exactly what requirements.txt pins; nothing is done where it does already."""
    wanted = hashlib.sha256(PINS.read_bytes() + (HERE / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    import venv

    print("Installing into .venv ...", file=sys.stderr, flush=True)
    venv.create(VENV, with_pip=True, clear=VENV.exists())
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(PINS)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(HERE)], check=True)
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(HERE / "kg"), str(HERE / "service")], check=True)  # for the first start
    stamp.write_text(wanted)


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


def test(words: list[str]) -> int:
    """Style, types, and the tests, the checks of the facts among them."""
    if not install_programs():
        return 1
    steps = [
        [str(PYTHON), "-m", "ruff", "check", "."],
        [str(PYTHON), "-m", "ruff", "format", "--check", "."],
        [str(PYTHON), "-m", "mypy"],
        [str(PYTHON), "-m", "pytest", *(words or PARTED)],
        *([] if words else [[str(PYTHON), "-m", "pytest", *ALONE]]),
    ]
    for step in steps:
        done = subprocess.run(step, cwd=HERE, check=False).returncode
        if done:
            return done
    return 0


def main() -> int:
    """Run what the command line asks for."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the one file that an older Python may be given
        print("Lodegraph needs Python 3.11 or newer.", file=sys.stderr)
        return 2
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    install()
    if words[0] == "test":
        return test(words[1:])
    sys.stderr.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", "kg", *words])


if __name__ == "__main__":
    sys.exit(main())
