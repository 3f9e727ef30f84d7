"""What the extra hop costs: named queries embedded and on a SPARQL endpoint that holds the same data, in one run.

lode push http://127.0.0.1:7878/store --query http://127.0.0.1:7878/query
python bench/remote.py http://127.0.0.1:7878/query
"""

from __future__ import annotations

import statistics
import sys
import time

import kg

ASKED = ("export-quotas", "exposed-minerals", "measure-states", "programmes", "statements-about")
TIMES = 20


def median_ms(graph: kg.Graph, name: str) -> float:
    """Median of TIMES asks of a named query with its defaults, in milliseconds; what is kept in memory is not used."""
    text = graph.text_of(graph.query(name), {})
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        graph.store.query(text)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main() -> None:
    """Print one table."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    here, there = kg.open_graph(at=""), kg.open_graph(at=sys.argv[1])
    print("| named query | embedded, ms | endpoint, ms | ratio |")
    print("|---|---|---|---|")
    for name in ASKED:
        near, far = median_ms(here, name), median_ms(there, name)
        print(f"| {name} | {near:.1f} | {far:.1f} | {far / near:.1f} |", flush=True)


if __name__ == "__main__":
    main()
