"""A look at the tokens of a SPARQL query before anything evaluates it: what it asks for, how deep it nests.

Strings, comments and IRIs are read as such, so that a word inside them never counts as a keyword. Knows no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import BadQuery

MAX_CHARACTERS = 200_000
MAX_DEPTH = 64
MAX_TRIPLES = 1_000  # counted as the dots, semicolons and commas that part them
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

_TOKEN = re.compile(
    r'''(?P<string>"""(?:(?:"|"")?(?:[^"\\]|\\.))*"""|\'\'\'(?:(?:'|'')?(?:[^'\\]|\\.))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')'''
    r"""|(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)"""
    r"""|(?P<comment>\#[^\n\r]*)"""
    r"""|(?P<variable>[?$]\w+)"""
    r"""|(?P<name>[\w-]*(?:\.[\w-]+)*:(?:[\w:%-]|\\.|\.(?=[\w:%-]))*)"""
    r"""|(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"""
    r"""|(?P<word>[A-Za-z_]\w*)"""
    r"""|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<part>[.;,])""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Scan:
    """What a query is: its form, in capitals."""

    form: str


def scan(text: str) -> Scan:
    """Look a query over before it is parsed. Raises BadQuery where it is too long or too deep, or is an update or calls SERVICE."""
    if len(text) > MAX_CHARACTERS:
        raise BadQuery(f"The query has {len(text):,} characters.", f"At most {MAX_CHARACTERS:,} are read.", limit="query length")
    depth = parts = 0
    form = ""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_DEPTH:
                raise _at(
                    text, match.start(), f"The query nests deeper than {MAX_DEPTH} brackets.", "Write it flatter.", limit="nesting depth"
                )
        elif kind == "close":
            depth -= 1
        elif kind == "part":
            parts += 1
            if parts > MAX_TRIPLES:
                raise _at(
                    text,
                    match.start(),
                    f"The query has more than {MAX_TRIPLES:,} triples.",
                    "Ask in several queries.",
                    limit="pattern size",
                )
        elif kind == "word":
            word = match[0].upper()
            if word == "SERVICE":
                raise _at(text, match.start(), "SERVICE is refused: this endpoint asks no other.", "Leave the SERVICE block out.")
            if not form and word in FORMS:
                form = word
            elif not form and word in UPDATES:
                raise _at(text, match.start(), f"{word} is refused: this endpoint only reads.", f"Ask with {', '.join(FORMS)}.")
    return Scan(form)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column (both from 1) of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _at(text: str, offset: int, detail: str, advice: str, **extra: object) -> BadQuery:
    line, column = position(text, offset)
    return BadQuery(f"Line {line}, column {column}: {detail}", advice, line=line, column=column, **extra)
