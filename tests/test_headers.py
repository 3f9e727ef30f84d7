"""Query files: a header that is wrong is refused, a parameter is bound by a term and nothing else."""

from pathlib import Path

import pytest

from kg import BadFacts, BadParameter, Graph, UnknownName
from kg.source import files
from kg.source.query_files import read, read_all

GOOD = """# title: T
# param: name string What.

SELECT * {
  VALUES ?name { "x" }
  ?s ?p ?name
}
"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "q.rq"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("# title", "# titel"),
        GOOD.replace("string", "text"),
        GOOD.replace("VALUES ?name", "VALUES ?other"),
        GOOD.replace('VALUES ?name { "x" }', 'VALUES ?name { "x" }\n  VALUES ?name { "y" }'),
        GOOD.replace("# param:", "# param-ja:"),
        "# no colon here\n" + GOOD,
    ],
)
def test_a_header_that_is_wrong_is_refused_with_file_and_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFacts, match=r"q\.rq, line \d"):
        read(_write(tmp_path, text))


def test_binding_replaces_only_the_values_line_of_its_parameter(tmp_path: Path) -> None:
    query = read(_write(tmp_path, GOOD))
    assert query.bind({"name": '"}\\" DROP"'}) == GOOD.replace('{ "x" }', '{ "}\\" DROP" }')


def test_binding_an_unknown_parameter_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="It takes: name"):
        read(_write(tmp_path, GOOD)).bind({"nmae": '"x"'})


def test_text_from_outside_stays_a_literal(graph: Graph) -> None:
    hostile = 'x" } ?s ?p ?o . } #'
    assert graph.ask("statements-in-section", section=hostile) == []


def test_every_query_says_what_it_answers_in_both_languages() -> None:
    for query in read_all(files.root() / "queries").values():
        assert all((query.title, query.title_ja, query.answers, query.answers_ja)), query.name
        assert all(param.about and param.about_ja for param in query.params), query.name


def test_there_are_more_than_thirty_named_queries() -> None:
    assert len(read_all(files.root() / "queries")) > 30


@pytest.mark.slow
def test_every_query_answers_with_its_defaults_in_both_languages(graph: Graph) -> None:
    for name, query in graph.queries.items():
        lengths = (
            {len(graph.ask(name, lang=lang)) for lang in ("en", "ja")}
            if any(p.name == "lang" for p in query.params)
            else {len(graph.ask(name))}
        )
        assert len(lengths) == 1, f"{name}: {lengths}"


@pytest.mark.slow
def test_every_query_but_the_conflicting_pairs_has_rows(graph: Graph) -> None:
    empty = {name for name in graph.queries if not graph.ask(name)}
    assert empty == set()


@pytest.mark.parametrize(
    ("name", "values", "part"),
    [
        ("export-quotas", {"since": "20x0"}, "whole number"),
        ("measures-in-force", {"as_of": "2012-02-30"}, "day that exists"),
        ("measures-in-force", {"as_of": "20121231"}, "day that exists"),
        ("minerals", {"lang": "fr"}, "en, ja"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_with_what_would_be_right(graph: Graph, name: str, values: dict[str, str], part: str) -> None:
    with pytest.raises(BadParameter, match=part):
        graph.ask(name, **values)


@pytest.mark.parametrize(
    ("name", "values", "near"),
    [("export-quota", {}, "export-quotas"), ("coverage", {"mineral": "tungstn"}, "tungsten"), ("measures", {"country": "chna"}, "china")],
)
def test_a_name_that_is_not_known_is_answered_with_the_nearest(graph: Graph, name: str, values: dict[str, str], near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        graph.ask(name, **values)
    assert near in caught.value.extra["near"]


def test_a_parameter_takes_only_the_kinds_of_thing_it_names(graph: Graph) -> None:
    with pytest.raises(UnknownName):
        graph.ask("coverage", mineral="https://w3id.org/lodegraph/id/country/china")


@pytest.mark.parametrize(
    ("name", "slug"), [("ジスプロシウム", "dysprosium"), ("Dy", "dysprosium"), ("Rare earths", "rare-earths"), ("白金", "platinum")]
)
def test_a_parameter_takes_a_name_that_one_thing_alone_has(graph: Graph, name: str, slug: str) -> None:
    assert graph.resolve(name, ["mineral"]).endswith(f"/id/mineral/{slug}")
