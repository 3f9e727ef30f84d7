"""The tokens of SPARQL text: strings, IRIs, comments, names, words and signs, each read exactly as the engine reads it.

Knows nothing of what they mean together.
"""

from __future__ import annotations

import re

PREFIX_MOST = 200  # characters of a prefix that are read as one
BETWEEN = ("space", "comment", "other")

# Characters of names, as the grammar has them.
_BASE = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INNER = rf"{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040"
_CODEPOINT = r"\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}"
_ESCAPE = rf"\\[tbnrf\"'\\]|{_CODEPOINT}"
_LOCAL = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"

# Every alternative runs to its end or fails at once, so that the time is linear in the text: nothing is gone over again. A string is read
# exactly as the engine reads it, since the engine would take a malformed one apart in another way.
TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]++)"""
    rf"""|(?P<string>\"{{3}}(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+\"{{3}}|'{{3}}(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'{{3}}"""
    rf"""|"(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"|'(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+')"""
    rf"""|(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*+>)"""
    rf"""|(?P<comment>\#[^\n\r]*+)"""
    rf"""|(?P<variable>[?$][{_BASE}_0-9][{_INNER}]*+)"""
    rf"""|(?P<name>(?:[{_BASE}_][{_INNER}.-]{{0,{PREFIX_MOST}}}+(?<!\.))?:(?:(?:[{_BASE}_0-9:]|{_LOCAL})"""
    rf"""(?:[{_INNER}:-]|{_LOCAL}|\.++(?=[{_INNER}:%\\-]))*+)?)"""
    rf"""|(?P<lang>@[A-Za-z]++(?:-++[A-Za-z0-9]++)*+)"""
    rf"""|(?P<word>[{_BASE}_][{_INNER}]*+)"""
    rf"""|(?P<number>[0-9]++)"""
    rf"""|(?P<open>[({{\[])|(?P<close>[)}}\]])|(?P<part>[.;,])|(?P<operator>[!|/^*+\-=<>&?$~])"""
    rf"""|(?P<other>[^\x00-\x7f])|(?P<stray>.)""",
    re.DOTALL,
)


def read(text: str) -> list[re.Match[str]]:
    """What the text is made of, without comments and space."""
    return [match for match in TOKEN.finditer(text) if match.lastgroup not in BETWEEN]


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column (both from 1) of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
