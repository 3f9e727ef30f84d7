"""A look at the tokens of a SPARQL query before anything evaluates it: what it asks for, how deep it nests, where a limit goes.

A word inside a string, comment or IRI never counts as a keyword. Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate, pairwise, zip_longest
from typing import NamedTuple

from ..errors import BadQuery, shown
from ..namespaces import PREFIXES
from .lexer import BETWEEN, TOKEN, position, read

MAX_CHARACTERS = 200_000
MAX_DEPTH = 64
MAX_PARTS = 1_000  # dots, semicolons and commas: about the triples of a pattern
MAX_OPERATORS = 2_000  # single signs outside names; the engine recurses over a long run of them
MAX_TOKENS = 20_000
DIGITS_MOST = 18  # of a LIMIT: all that the engine can count
MESSAGE_MOST = 200
FRAGMENT_MOST = 40
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
VOLATILE = ("NOW", "RAND", "UUID", "STRUUID")
DATASET = ("FROM", "FROMNAMED")  # the engine needs no space between the two
MODIFIERS = ("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

# What is counted: how many there may be, what they are, what to do about it, the limit's name.
_MOST = {
    "token": (MAX_TOKENS, "words and signs", "Ask in several queries.", "query size"),
    "part": (MAX_PARTS, "triples (dots, semicolons and commas)", "Ask in several queries.", "pattern size"),
    "operator": (MAX_OPERATORS, "operators", "Shorten it.", "operators"),
}
_STRAY = dict.fromkeys("\"'", "This string is not closed, or holds an escape that does not exist.")

# The engine's complaint: line, column, what it would take; among that a sentence where it says more.
_COMPLAINT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CODEPOINT = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SENTENCE = re.compile(r"(?:^|, )([A-Z]\w+ [\w* ]*\w)(?:,|$)")


class Scan(NamedTuple):
    """What a query is: its form in capitals, whether it names its dataset (FROM), and its outermost LIMIT.

    ``limit`` is the number given, None where none is; ``limit_span`` the place in the text where it stands or would stand.
    ``volatile``: it asks for the time or for chance, so that no answer holds for the next one who asks.
    """

    form: str
    has_dataset: bool
    limit: int | None
    limit_span: tuple[int, int]
    volatile: bool

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
    tokens = _refuse_size(text)
    form = _form(text, tokens)
    _refuse_files(text, tokens)
    outer = _outermost(tokens)
    limit, span, closed, begun, has_dataset = None, None, False, False, False
    for here, following in zip_longest(outer, outer[1:]):
        word = here[0].upper() if here.lastgroup == "word" else ""
        begun = begun or word == form
        has_dataset = has_dataset or (begun and word in DATASET)
        closed = closed or here[0] == "}"
        if word == "LIMIT" and following is not None and following.lastgroup == "number":
            limit, span = _number(following[0]), following.span()
        elif word == "VALUES" and closed and span is None:
            span = (here.start(), here.start())
    end = tokens[-1].end() if tokens else 0
    volatile = any(match.lastgroup == "word" and match[0].upper() in VOLATILE for match in tokens)
    return Scan(form, has_dataset, limit, span or (end, end), volatile)


def described(text: str) -> tuple[str, str]:
    """Two queries for a DESCRIBE that the engine has read: one for what it describes, one for the graphs that its FROM clauses name.

    Each gives the terms as columns; they need no brackets of the pattern where the DESCRIBE has none.
    """
    outer = _outermost(read(text))
    start = next(place for place, here in enumerate(outer) if here[0].upper() == "DESCRIBE")
    terms: dict[bool, list[str]] = {False: [], True: []}  # those after FROM, or those described
    tail, dataset = len(text), len(text)
    for here in outer[start + 1 :]:
        word = here[0].upper() if here.lastgroup == "word" else ""
        if here[0] == "{" or word in MODIFIERS:
            tail = here.start()
            break
        if word == "FROM":
            dataset = min(dataset, here.start())
        elif word != "NAMED":
            terms[dataset < len(text)].append(here[0])
    before, rest = text[: outer[start].start()], text[tail:]
    pattern = "" if rest[:1] == "{" or rest[:5].upper() == "WHERE" else "{} "
    return (
        f"{before}SELECT DISTINCT {_columns(terms[False])} {text[dataset:tail]}\n{pattern}{rest}",
        f"{before}SELECT {_columns(terms[True])} {{}}" if terms[True] else "",
    )


def _columns(terms: list[str]) -> str:
    return " ".join(term if term[0] in "?$*" else f"({term} AS ?described{place})" for place, term in enumerate(terms))


def explain(text: str, message: str) -> BadQuery:
    """The engine's complaint about a query as an error with line and column.

    The engine marks the end of the longest keyword that it tried, so the place of the trouble is as many characters before.
    """
    tokens = read(text)
    depths = accumulate((here.lastgroup == "open") - (here.lastgroup == "close") for here in tokens)
    stray = next((here for here, depth in zip(tokens, depths, strict=True) if depth < 0), None)
    if stray is not None:
        return _at(text, stray.start(), f"“{stray[0]}” closes nothing.", "Take it out, or open it before.")
    undeclared = _undeclared(tokens)
    if undeclared is not None:
        prefix = undeclared[0].split(":", 1)[0]
        advice = f"Write PREFIX {prefix}: <{PREFIXES.get(prefix, '...')}> at the top."
        return _at(text, undeclared.start(), f"The prefix {prefix}: is not declared.", advice)
    found = _COMPLAINT.search(message)
    if not found:
        return BadQuery(f"The query cannot be read: {message[:MESSAGE_MOST]}.", "See the SPARQL 1.1 query language.")
    line, column, expected = int(found[1]), int(found[2]), found[3]
    offset = sum(map(len, text.splitlines(keepends=True)[: line - 1])) + column - 1
    told = _SENTENCE.search(expected)
    if not told and not set("\"'") & set(expected):
        offset -= min((len(word) for word in re.findall(r"\w{2,}", expected)), default=0)
    rest = text[max(offset, 0) :].strip().split("\n", 1)[0][:FRAGMENT_MOST]
    unfinished = "The query cannot be read to its end." if expected.strip() == "[_]" else "The query ends too soon."
    why = f"{told[1]}." if told else f"This cannot stand here: “{rest}”." if rest else unfinished
    return _at(text, max(offset, 0), why, "See the SPARQL 1.1 query language.")


def _undeclared(tokens: list[re.Match[str]]) -> re.Match[str] | None:
    """The first name whose prefix is declared nowhere."""
    declared = {here[0] for before, here in pairwise(tokens) if before[0].upper() == "PREFIX"} | {"_:"}
    names = (match for match in tokens if match.lastgroup == "name")
    return next((match for match in names if match[0].split(":", 1)[0] + ":" not in declared), None)


def _refuse_size(text: str) -> list[re.Match[str]]:
    """The tokens. Raises BadQuery at the first that passes a limit, or that could be read in more ways than one."""
    tokens: list[re.Match[str]] = []
    opened: list[str] = []
    counts = dict.fromkeys(_MOST, 0)
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind in BETWEEN:
            continue
        if kind == "stray":
            raise _at(text, match.start(), _STRAY.get(match[0], f"“{ascii(match[0])[1:-1]}” cannot stand here."), "Write valid SPARQL 1.1.")
        if kind == "iri" and tokens and opened and opened[-1] == "(" and _is_unclear(match, tokens[-1]):
            raise _at(
                text, match.start(), f"“{shown(match[0])}” could be an IRI or a comparison.", "Write a space after “<”, or the whole IRI."
            )
        for counted in (kind, "token"):
            if counted in counts:
                counts[counted] += 1
                if counts[counted] > _MOST[counted][0]:
                    most, of, advice, limit = _MOST[counted]
                    raise _at(text, match.start(), f"The query has more than {most:,} {of}.", advice, limit=limit)
        if kind == "open":
            opened.append(match[0])
            if len(opened) > MAX_DEPTH:
                told = f"The query nests deeper than {MAX_DEPTH} brackets."
                raise _at(text, match.start(), told, "Write it flatter.", limit="nesting depth")
        elif kind == "close" and opened:
            opened.pop()
        tokens.append(match)
    return tokens


def _is_unclear(iri: re.Match[str], before: re.Match[str]) -> bool:
    """Whether what looks like an IRI may be a “<” whose right side goes on with a string or a comment."""
    is_operand = before.lastgroup in ("variable", "string", "iri", "name", "lang", "word", "number", "close")
    return is_operand and re.search("['#]", iri[0]) is not None and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", iri[0])


def _form(text: str, tokens: list[re.Match[str]]) -> str:
    """The query's form; an update or a SERVICE is refused where it stands.

    The engine needs no space between words, so that SERVICE may stand at the end of a number or before a prefix.
    """
    form = ""
    for place, match in enumerate(tokens):
        if _calls_service(tokens, place):
            raise _at(text, match.start(), "SERVICE is refused: this endpoint asks no other.", "Leave the SERVICE block out.")
        word = match[0].upper() if match.lastgroup == "word" else ""
        if not form and word in FORMS:
            form = word
        elif not form and word in UPDATES:
            raise _at(text, match.start(), f"{word} is refused: this endpoint only reads.", f"Ask with {', '.join(FORMS)}.")
    return form


def _refuse_files(text: str, tokens: list[re.Match[str]]) -> None:
    """Refuse a FROM or FROM NAMED whose graph is a file, by whatever prefix or base it is named. Nothing would be opened: it is so said."""
    base, prefixes = "", {"": ""}
    for place, here in enumerate(tokens):
        word = here[0].upper() if here.lastgroup == "word" else ""
        if word == "BASE":
            base = _absolute(tokens[place + 1 : place + 2], base, prefixes)
        elif word == "PREFIX":
            name = tokens[place + 1][0] if place + 1 < len(tokens) else ""
            prefixes[name.split(":", 1)[0]] = _absolute(tokens[place + 2 : place + 3], base, prefixes)
        elif word in DATASET:
            is_named = tokens[place + 1 : place + 2] and tokens[place + 1][0].upper() == "NAMED"
            graph = tokens[place + 1 + bool(is_named) : place + 2 + bool(is_named)]
            if is_file(_absolute(graph, base, prefixes)):
                raise _at(text, here.start(), "FROM a file is refused: this endpoint opens none.", "Name a graph that the service holds.")


def _absolute(tokens: list[re.Match[str]], base: str, prefixes: Mapping[str, str]) -> str:
    """What an IRI or a prefixed name stands for, near enough to tell its scheme; nothing where neither stands there."""
    if not tokens or tokens[0].lastgroup not in ("iri", "name"):
        return ""
    if tokens[0].lastgroup == "name":
        prefix, _, local = tokens[0][0].partition(":")
        return prefixes.get(prefix, "") + local
    iri = _CODEPOINT.sub(lambda match: chr(int(match[1] or match[2], 16)), tokens[0][0][1:-1])
    return iri if _SCHEME.match(iri) else base + iri


def is_file(iri: str) -> bool:
    """Whether an IRI names a file."""
    return iri[:5].lower() == "file:"


def _calls_service(tokens: list[re.Match[str]], place: int) -> bool:
    here = tokens[place]
    if here.lastgroup == "word":
        return "SERVICE" in here[0].upper()
    if here.lastgroup != "name" or "SERVICE" not in here[0].split(":", 1)[0].upper():
        return False
    before, after = tokens[place - 1 : place], tokens[place + 1 : place + 2]
    return bool(after) and after[0][0] == "{" and not (before and before[0][0].upper() == "GRAPH")


def _number(digits: str) -> int:
    """A LIMIT as a number. Python reads no number of thousands of digits; past ``DIGITS_MOST`` any stands for more rows than there are."""
    kept = digits.lstrip("0")
    return int(kept or "0") if len(kept) <= DIGITS_MOST else 10**DIGITS_MOST


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
