"""How far two methods put the same minerals into the same order. Pure functions; know nothing else of the library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import sqrt
from statistics import StatisticsError, correlation


def mean_ranks(values: Sequence[float]) -> list[float]:
    """Rank of each value from 1 (least); equal values share the mean of their ranks."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, -1..1: Pearson's correlation of the mean ranks. None for fewer than three pairs or a side all equal."""
    if len(first) < 3:
        return None
    try:
        return correlation(mean_ranks(first), mean_ranks(second))
    except StatisticsError:
        return None


def kendall(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b, -1..1: (concordant - discordant) / sqrt((pairs - ties in one) * (pairs - ties in the other)).

    None for fewer than three pairs or where all values of a side are equal. Source: Kendall 1945, as in scipy.stats.kendalltau.
    """
    if len(first) < 3:
        return None
    signs = [(_sign(a - b), _sign(c - d)) for (a, c), (b, d) in combinations(zip(first, second, strict=True), 2)]
    untied = [sum(1 for pair in signs if pair[side]) for side in (0, 1)]
    return sum(a * b for a, b in signs) / sqrt(untied[0] * untied[1]) if all(untied) else None


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
