"""Query files: their header, their parameters, and the binding of parameters by terms.

A parameter stands in the text as a line ``VALUES ?name { term }``, again in each subquery that needs it; binding replaces what is between
the braces by a serialised term and never by text from outside. Knows no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import BadFacts, UnknownName, shown

KEYS = ("title", "title-ja", "answers", "answers-ja", "topic", "param", "param-ja")
TOPICS = ("supply", "measures", "disputes", "policy", "minerals", "events", "sources")
ALL = "all"  # among the kinds of a parameter of the type iri: it may be left open
UNSET = "UNDEF"  # what stands in the VALUES line of a parameter that is not set
TYPES = ("iri", "node", "string", "integer", "date", "year", "lang")
_HEADER = re.compile(r"^# ([a-z-]+): (.+)$")
_PARAM = re.compile(r"^(\w+)\s+(\w+)(?:\(([\w,-]+)\))?\s+(.+)$")
_PARAM_JA = re.compile(r"^(\w+)\s+(.+)$")


@dataclass(frozen=True)
class Param:
    """A parameter: its name, its type, for ``iri`` the kinds of thing it may name, its default, what it means.

    ``node`` is any IRI, one without a name too, such as a figure's; ``year`` a whole number that is compared with years (xsd:gYear).
    """

    name: str
    type: str
    kinds: tuple[str, ...] = ()
    about: str = ""
    about_ja: str = ""
    default: str = UNSET

    @property
    def takes_all(self) -> bool:
        """Whether the word ``all`` takes the place of a name: its default narrows, ``all`` does not."""
        return ALL in self.kinds


@dataclass(frozen=True)
class Query:
    """A query file: name, text, header."""

    name: str
    path: Path
    text: str
    title: str = ""
    title_ja: str = ""
    answers: str = ""
    answers_ja: str = ""
    topic: str = ""
    params: tuple[Param, ...] = field(default=())

    def param(self, name: str) -> Param:
        """The parameter of that name. Raises UnknownName."""
        for param in self.params:
            if param.name == name:
                return param
        known = [param.name for param in self.params]
        raise UnknownName(
            f"The query {self.name} has no parameter “{shown(name)}”.",
            f"It takes: {', '.join(known) or 'none'}.",
            near=known,
        )

    def bind(self, terms: Mapping[str, str]) -> str:
        """The text with each named parameter set to a serialised RDF term; one that is not set loses its line. Raises UnknownName.

        ``VALUES ?name { UNDEF }`` says nothing, and Virtuoso stumbles over it.
        """
        text = self.text
        for param in self.params:
            if terms.get(param.name, param.default) == UNSET:
                text = _values_line(param.name).sub("", text)
        for name, term in terms.items():
            self.param(name)
            text = _values_line(name).sub(lambda match, term=term: f"{match[1]}{{ {term} }}", text)  # type: ignore[misc]  # a default argument pins the loop's value
        return text


def _values_line(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(\s*VALUES \?{re.escape(name)} )\{{(.*)\}}\s*$", re.MULTILINE)


def read(path: Path) -> Query:
    """Read one query file. Raises BadFacts where it is not UTF-8, has an unknown key, a malformed parameter, or no VALUES line for one."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _bad(path, error.object.count(b"\n", 0, error.start) + 1, "This is not UTF-8.", "Write UTF-8.") from error
    heads: dict[str, str] = {}
    params: dict[str, Param] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if not match or match[1] not in KEYS:
            raise _bad(path, number, f"“{line}” is not a header line.", f"A header is “# key: text” with one of {', '.join(KEYS)}.")
        key, value = match[1], match[2].strip()
        if key == "param":
            param = _param(path, number, value, text)
            params[param.name] = param
        elif key == "param-ja":
            ja = _PARAM_JA.match(value)
            if not ja or ja[1] not in params:
                raise _bad(path, number, f"“{value}” names no parameter declared above.", "Write “# param-ja: name 説明”.")
            params[ja[1]] = replace(params[ja[1]], about_ja=ja[2])
        elif key == "topic" and value not in TOPICS:
            raise _bad(path, number, f"“{value}” is no topic.", f"It must be one of {', '.join(TOPICS)}.")
        else:
            heads[key.replace("-", "_")] = value
    return Query(name=path.stem, path=path, text=text, params=tuple(params.values()), **heads)


def _param(path: Path, number: int, value: str, text: str) -> Param:
    match = _PARAM.match(value)
    if not match or match[2] not in TYPES:
        raise _bad(
            path, number, f"“{value}” is not a parameter.", f"Write “# param: name type What it is.” with one of {', '.join(TYPES)}."
        )
    lines = _values_line(match[1]).findall(text)
    if len({default for _, default in lines}) != 1:
        raise _bad(
            path,
            number,
            f"The parameter {match[1]} has {len(lines)} VALUES lines.",
            f"Write a line “VALUES ?{match[1]} {{ … }}”; in each subquery that needs it, the same.",
        )
    kinds = tuple(match[3].split(",")) if match[3] else ()
    return Param(match[1], match[2], kinds, match[4], default=lines[0][1].strip())


def read_all(folder: Path) -> dict[str, Query]:
    """Every query file directly in a folder, by name."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.rq"))}


def _bad(path: Path, number: int, detail: str, advice: str) -> BadFacts:
    return BadFacts(f"{path.name}, line {number}: {detail}", advice, findings=[f"{path}:{number}"])
