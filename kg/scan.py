"""A look at the tokens of a SPARQL query before anything evaluates it: what it asks for, how deep it nests, where a limit goes.

Strings, comments and IRIs are read as such, so that a word inside them never counts as a keyword. Knows no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import BadQuery

MAX_CHARACTERS = 200_000
MAX_DEPTH = 64
MAX_PARTS = 1_000  # dots, semicolons and commas: about the triples of a pattern
MAX_OPERATORS = 2_000  # single signs outside names; the engine recurses over a long run of them
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
    r"""|(?P<number>\d+)"""
    r"""|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<part>[.;,])|(?P<operator>[!|/^*+\-=<>&?$])""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Scan:
    """What a query is: its form in capitals, whether it names its dataset (FROM), and its outermost LIMIT.

    ``limit`` is the number given, None where none is; ``limit_span`` the place in the text where it stands or would stand.
    ``form_end`` and ``body_start`` enclose what stands between the form's word and the dataset, pattern or end.
    """

    form: str
    has_dataset: bool
    limit: int | None
    limit_span: tuple[int, int]
    form_end: int
    body_start: int

    def with_limit(self, text: str, most: int) -> str:
        """The text with its outermost LIMIT lowered to ``most``, or added; an ASK is left as it is."""
        if self.form == "ASK" or (self.limit is not None and self.limit <= most):
            return text
        start, end = self.limit_span
        return f"{text[:start]}{most if self.limit is not None else f' LIMIT {most} '}{text[end:]}"


def scan(text: str) -> Scan:
    """Look a query over before it is parsed. Raises BadQuery where it is too long, too deep or too large, is an update or calls SERVICE."""
    if len(text) > MAX_CHARACTERS:
        raise BadQuery(f"The query has {len(text):,} characters.", f"At most {MAX_CHARACTERS:,} are read.", limit="query length")
    tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "comment"]
    _refuse_size(text, tokens)
    form = _form(text, tokens)
    outer = _outermost(tokens)
    limit, span, closed, form_end, body_start, has_dataset = None, None, False, 0, None, False
    for here, following in zip(outer, [*outer[1:], None], strict=True):
        word = here[0].upper() if here.lastgroup == "word" else ""
        if word == form and not form_end:
            form_end = here.end()
        elif form_end and body_start is None and (here[0] == "{" or word in ("FROM", "WHERE")):
            body_start = here.start()
        if word == "FROM" and form_end:
            has_dataset = True
        closed = closed or here[0] == "}"
        if word == "LIMIT" and following is not None and following.lastgroup == "number":
            limit, span = int(following[0]), following.span()
        elif word == "VALUES" and closed and span is None:
            span = (here.start(), here.start())
    end = tokens[-1].end() if tokens else 0
    return Scan(form, has_dataset, limit, span or (end, end), form_end, end if body_start is None else body_start)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column (both from 1) of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _refuse_size(text: str, tokens: list[re.Match[str]]) -> None:
    depth = parts = operators = 0
    for match in tokens:
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
            if parts > MAX_PARTS:
                raise _at(
                    text, match.start(), f"The query has more than {MAX_PARTS:,} triples.", "Ask in several queries.", limit="pattern size"
                )
        elif kind == "operator":
            operators += 1
            if operators > MAX_OPERATORS:
                raise _at(text, match.start(), f"The query has more than {MAX_OPERATORS:,} operators.", "Shorten it.", limit="operators")


def _form(text: str, tokens: list[re.Match[str]]) -> str:
    """The query's form; an update or a SERVICE is refused where it stands."""
    form = ""
    for match in tokens:
        if match.lastgroup != "word":
            continue
        word = match[0].upper()
        if word == "SERVICE":
            raise _at(text, match.start(), "SERVICE is refused: this endpoint asks no other.", "Leave the SERVICE block out.")
        if not form and word in FORMS:
            form = word
        elif not form and word in UPDATES:
            raise _at(text, match.start(), f"{word} is refused: this endpoint only reads.", f"Ask with {', '.join(FORMS)}.")
    return form


def _outermost(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The tokens outside all brackets, with the brackets that open and close there."""
    found, depth = [], 0
    for match in tokens:
        depth -= match.lastgroup == "close"
        if depth == 0:
            found.append(match)
        depth += match.lastgroup == "open"
    return found


def _at(text: str, offset: int, detail: str, advice: str, **extra: object) -> BadQuery:
    line, column = position(text, offset)
    return BadQuery(f"Line {line}, column {column}: {detail}", advice, line=line, column=column, **extra)
