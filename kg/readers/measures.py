"""A record of a trade measure as Turtle: the measure, the row where it stands, and the steps of its life, said in our own words.

Knows the graph's measures; knows no publisher.
"""

from __future__ import annotations

from collections.abc import Iterable

from .model import Measure, literal
from .names import Names

PREFIXES = """@prefix lode: <https://w3id.org/lodegraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
TYPES = {
    "XR": ("export measure", "輸出措置"),
    "XR-BAN": ("export ban", "輸出禁止"),
    "XR-QTA": ("export quota", "輸出枠"),
    "XR-TAX": ("export tax", "輸出税"),
    "XR-LIC": ("export licensing requirement", "輸出許可制"),
    "XR-TRQ": ("export tariff quota", "輸出関税割当"),
}
STEPS = {
    "announced": ("was announced on {day}", "{day}に公表された"),
    "effective": ("took effect on {day}", "{day}に発効した"),
    "ended": ("was removed on {day}", "{day}に撤廃された"),
}
_CODE = "https://w3id.org/lodegraph/code/"
_ID = "https://w3id.org/lodegraph/id/"


def labels(measure: Measure, names: Names) -> tuple[str, str]:
    """Names of a measure in English and Japanese: who, what, on what, and the record."""
    kind_en, kind_ja = TYPES[measure.type]
    whose = [names.label(country) for country in measure.countries]
    things = [names.label(thing) for thing in measure.things]
    en = f"{', '.join(en for en, _ in whose)}: {kind_en} on {', '.join(en.lower() for en, _ in things)} ({measure.record})"
    ja = f"{'・'.join(ja for _, ja in whose)}：{'・'.join(ja for _, ja in things)}の{kind_ja}（{measure.record}）"
    return en, ja


def turtle(measure: Measure, names: Names) -> str:
    """The row, the measure and its steps. Each is only reported: the publisher passes on what others did."""
    en, ja = labels(measure, names)
    place = f"<#row-{measure.line}>"
    reported = f"lode:place {place} ; lode:certainty <{_CODE}certainty/reported>"
    page = f"    rdfs:seeAlso <{measure.page}> ;\n" if measure.page else ""
    parts = [
        f'{place} a lode:Passage ; lode:order {measure.line} ; lode:section "{measure.line}" ;\n'
        f'    rdfs:label "Row {measure.line}"@en , "{measure.line}行"@ja .\n',
        f"<{_ID}measure/{measure.slug}> a lode:Measure ;\n    rdfs:label {literal(en)}@en , {literal(ja)}@ja ;\n"
        f"    lode:measureType <{_CODE}measure-type/{measure.type}> ; lode:imposedBy {_list(measure.countries)} ;\n"
        f"    lode:appliesTo {_list(measure.things)} ;\n{page}    {reported} .\n",
    ]
    for step, day in measure.steps:
        said_en, said_ja = (text.format(day=day) for text in STEPS[step])
        parts.append(
            f"<#row-{measure.line}-{step}> a lode:Step ; {reported} ;\n"
            f"    lode:says {literal(f'{en} {said_en}, by the record.')}@en , {literal(f'記録によれば、{ja}は{said_ja}。')}@ja ;\n"
            f"    lode:of <{_ID}measure/{measure.slug}> ; lode:stepType <{_CODE}step/{step}> ;\n"
            f'    lode:date "{day}"^^xsd:date .\n'
        )
    return "\n".join(parts)


def _list(things: Iterable[str]) -> str:
    return " , ".join(f"<{_ID}{thing}>" for thing in things)
