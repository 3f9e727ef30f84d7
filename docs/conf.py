"""How the documentation is built: Sphinx over these files; a line `<!-- from: name -->` becomes what reference.py says of that.

sphinx-build -E -W -n docs build/docs
"""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import reference  # noqa: E402  # beside this file, which Sphinx does not put on the path

project = "Lodegraph"
author = "The Lodegraph authors"
copyright = "Apache-2.0; facts, ontology and queries CC BY 4.0"
extensions = ["myst_parser", "sphinx.ext.graphviz"]
myst_enable_extensions = ["attrs_block"]
myst_heading_anchors = 4
html_theme = "furo"
html_search_language = "ja"  # words of English are apart already
html_title = "Lodegraph"
html_copy_source = False
html_show_sourcelink = False
graphviz_output_format = "svg"
suppress_warnings = ["misc.highlighting_failure", "myst.header"]  # output is no program; what is included begins below its page's title

_LINE = re.compile(r"^<!-- from: (\w+) -->$", re.MULTILINE)


def _fill(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = _LINE.sub(lambda match: reference.PARTS[match[1]](), source[0])


def setup(app: Sphinx) -> None:
    """Let pages be filled as they are read, so that none of what is generated is kept."""
    app.connect("source-read", _fill)
