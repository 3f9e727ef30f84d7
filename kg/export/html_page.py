"""The drawing as one HTML page that needs nothing else: the picture, with panning, zooming, search and details where scripts may run.

Its policy allows the styles and the script that it carries, by their hashes, and nothing from anywhere. Knows the picture and its viewer.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib import resources

from ..layout.elements import Drawing
from .svg import picture, style

_WORDS = {
    "en": {"title": "Lodegraph: the graph", "search": "Search", "in": "Closer", "out": "Farther", "whole": "Whole", "picture": "Picture"},
    "ja": {"title": "Lodegraph：関係図", "search": "検索", "in": "拡大", "out": "縮小", "whole": "全体", "picture": "図"},
}


def html(drawing: Drawing) -> bytes:
    """One page for mail or a shared folder; from file:// too, and as a picture without scripts."""
    words = _WORDS[drawing.lang if drawing.lang in _WORDS else "en"]
    css, script = _viewer("viewer.css"), _viewer("viewer.js")
    about = escape(drawing.about, quote=True)
    page = f"""<!doctype html>
<html lang="{drawing.lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words["title"]}</title>
<style>{css}</style>
</head>
<body>
<header>
<h1>{words["title"]}</h1>
<p>{about}</p>
<form>
<input type="search" name="words" aria-label="{words["search"]}" placeholder="{words["search"]}" autocomplete="off"><output></output>
<button type="button" name="in" aria-label="{words["in"]}">+</button>
<button type="button" name="out" aria-label="{words["out"]}">−</button>
<button type="button" name="whole">{words["whole"]}</button>
</form>
</header>
<main tabindex="0" aria-label="{words["picture"]}">
{picture(drawing)}
</main>
<aside aria-live="polite"></aside>
<script>{script}</script>
</body>
</html>
"""
    return page.encode()


def policy() -> str:
    """The policy that the page needs: for its meta element, and for the header of whoever serves it."""
    styles = f"'{_hash(_viewer('viewer.css'))}' '{_hash(style())}'"
    scripts = f"'{_hash(_viewer('viewer.js'))}'"
    return f"default-src 'none'; style-src {styles}; script-src {scripts}; base-uri 'none'; form-action 'none'"


def _viewer(name: str) -> str:
    return (resources.files("kg") / "viewer" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
