"""The drawing as text that draws: Graphviz's DOT and Mermaid. Knows these two formats and their readers' limits; nothing of the graph."""

from __future__ import annotations

import re

from ..errors import BadParameter
from ..layout.elements import Drawing, Item, last_day, share_of

MAX_MERMAID_EDGES = 450  # Mermaid's readers refuse 500
MAX_MERMAID_SIZE = 50_000  # and more than this many UTF-16 units of text

# Characters that mean something to Mermaid or to the Markdown in its labels.
_MERMAID = re.compile(r"[!-$&*:-@\[-`{-~]|\.(?!\d)|^[-+]")


def dot(drawing: Drawing) -> bytes:
    """Graphviz DOT. Nodes have their kind as ``class`` and edges their relation as ``label``; every id and text is quoted."""
    lines = ["digraph lodegraph {", f"  graph [rankdir=LR, comment={_quoted(drawing.about)}];"]
    lines += [f'  {part} [fontname="Noto Sans CJK JP"];' for part in ("node", "edge")]
    for node in drawing.nodes:
        lines.append(f"  {_quoted(node['id'])} [{_attributes({**node, 'class': node.get('kind', 'thing')}, ('id',))}];")
    for edge in drawing.edges:
        ends = f"{_quoted(edge['source'])} -> {_quoted(edge['target'])}"
        lines.append(f"  {ends} [{_attributes({**edge, 'label': edge.get('relation', '')}, ('id', 'source', 'target'))}];")
    return _utf8([*lines, "}"])


def mermaid(drawing: Drawing) -> bytes:
    """A Mermaid flowchart with shares and days in its labels, and each node a link to its IRI. Raises BadParameter where it is too big."""
    if len(drawing.edges) > MAX_MERMAID_EDGES:
        raise _too_big(f"Mermaid cannot show these {len(drawing.edges)} edges: at most {MAX_MERMAID_EDGES} are possible.")
    names = {node["id"]: f"n{number}" for number, node in enumerate(drawing.nodes)}
    about = re.sub("[{}]", "", drawing.about)  # %%{...}%% would be an order to Mermaid, even in a comment
    lines = [f"%% {about}", "flowchart LR"]
    lines += [f'  {names[node["id"]]}["{_mermaid(node, "label")}"]' for node in drawing.nodes]
    lines += [f'  {names[e["source"]]} -->|"{_mermaid(e, "relation")}"| {names[e["target"]]}' for e in drawing.edges]
    lines += [f'  click {names[node["id"]]} href "{node["iri"]}"' for node in drawing.nodes if _is_web(node)]
    text = _utf8(lines)
    size = len(text.decode().encode("utf-16-le")) // 2
    if size > MAX_MERMAID_SIZE:
        raise _too_big(f"Mermaid cannot show these {size:,} characters: at most {MAX_MERMAID_SIZE:,} are possible.")
    return text


def _mermaid(item: Item, name: str) -> str:
    parts = [_MERMAID.sub(lambda found: f"#{ord(found[0])};", str(item.get(name, "")))]
    if "share" in item:
        parts.append(share_of(item))
    if "start" in item or "end" in item:
        parts.append(f"{item.get('start', '..')}/{last_day(item['end']) if 'end' in item else '..'}")
    return " ".join(parts)


def _is_web(node: Item) -> bool:
    return re.fullmatch(r"https?://[^\s\"<>;]+", str(node["iri"])) is not None


def _too_big(detail: str) -> BadParameter:
    return BadParameter(detail, "Name a center, or a smaller depth.", parameter="format")


def _attributes(item: Item, without: tuple[str, ...]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in sorted(item.items()) if name not in without)


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf8(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
