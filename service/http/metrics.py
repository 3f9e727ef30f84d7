"""Metrics of one server process for Prometheus, in a registry of their own, so that two apps in one process do not meet.

Each server process answers for itself: counters begin at zero with it, and ``lodegraph_process_info`` names it.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from kg import Graph, LodeError, __version__
from kg.views import states
from kg.workers.observer import Observer, QueryRun
from kg.workers.pool import QueryPool

PATH = "/metrics"
METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
ROWS = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)

disable_created_metrics()  # type: ignore[no-untyped-call]  # restarts show in the counters themselves


@dataclass
class Served:
    """What a running app serves, as far as metrics look at it; empty until it has started."""

    graph: Graph | None = None
    pool: QueryPool | None = None
    workers: int = 1
    is_draining: Callable[[], bool] = field(default=lambda: False)


class Metrics(Observer):
    """The counters of an app. ``request``, ``cached_by`` and the calls of ``Observer`` count; ``page`` gives all in text."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.served = Served()
        self._make_request_metrics()
        self._make_query_metrics()
        caches = self._counter("cache_requests", "Look-ups in a cache of this process.", "cache", "result")
        # Finding the child of some labels takes the library longer than counting; routes, methods and statuses are few.
        self._of_cache = cache(caches.labels)
        self._of_request = cache(self._labelled)
        self.registry.register(_State(self.served))
        ProcessCollector(registry=self.registry)

    def _make_request_metrics(self) -> None:
        self._requests = self._counter("http_requests", "Requests answered, by route template.", "route", "method", "status")
        self._request_seconds = self._histogram(
            "http_request_duration_seconds", "Time from a request's head to the end of its answer.", SECONDS, "route", "method"
        )
        self._bytes = self._counter("http_response_bytes", "Bytes of answers' bodies.", "route")
        self._refused = self._counter("http_refused", "Connections ended before a request reached the app.", "status")
        self.in_progress = Gauge("lodegraph_http_requests_in_progress", "Requests being answered.", registry=self.registry)

    def _make_query_metrics(self) -> None:
        self._queries = self._counter("queries", "Queries that left the pool, by lane and outcome.", "lane", "outcome")
        self._query_seconds = self._histogram("query_duration_seconds", "Time of a query at work.", SECONDS, "lane")
        self._query_waits = self._histogram("query_wait_seconds", "Time of a query before it found a process.", SECONDS, "lane")
        self._query_rows = self._histogram("query_rows", "Rows or triples of a query's answer.", ROWS, "lane")
        self._replaced = self._counter("query_processes_replaced", "Query processes ended or found dead.", "lane", "reason")

    def request(self, route: str, method: str, status: int, seconds: float, size: int) -> None:
        """Count one answered request."""
        count, times, volume = self._of_request(route, method if method in METHODS else "other", status)
        count.inc()
        times.observe(seconds)
        volume.inc(size)

    def _labelled(self, route: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
        counts = self._requests.labels(route, method, str(status))
        return counts, self._request_seconds.labels(route, method), self._bytes.labels(route)

    def refused(self, status: int) -> None:
        """Count a connection that was ended before a request reached the app."""
        self._refused.labels(str(status)).inc()

    def cached_by(self, name: str, hit: bool) -> None:
        """Count a look-up in the cache of this name."""
        self._of_cache(name, "hit" if hit else "miss").inc()

    def cached(self, hit: bool) -> None:
        """Count a look-up among the kept answers of queries."""
        self.cached_by("query", hit)

    def finished(self, run: QueryRun) -> None:
        """Count a query."""
        lane = run.lane or "none"
        self._queries.labels(lane, run.outcome).inc()
        self._query_waits.labels(lane).observe(run.waited)
        if run.lane:
            self._query_seconds.labels(lane).observe(run.seconds)
            self._query_rows.labels(lane).observe(run.rows)

    def replaced(self, lane: str, reason: str) -> None:
        """Count a query process that was ended or found dead."""
        self._replaced.labels(lane, reason).inc()

    def page(self, accept: str) -> tuple[bytes, str]:
        """All metrics and their media type: Prometheus' text, or OpenMetrics where ``accept`` asks for it."""
        encode, media = choose_encoder(accept)
        return encode(self.registry), media

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"lodegraph_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"lodegraph_{name}", about, labels, buckets=buckets, registry=self.registry)


class _State(Collector):
    """What is read at the moment it is asked for: processes, queue, spools, what is served."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._horizon: float | None = None

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        yield self._process()
        yield _gauge("draining", "1 while the service is stopping and /readyz is 503.", float(self._served.is_draining()))
        if self._served.pool is not None:
            yield from self._pool(self._served.pool)
        if self._served.graph is not None:
            yield from self._data(self._served.graph)

    def _process(self) -> Metric:
        told = {"pid": str(os.getpid()), "server_processes": str(self._served.workers)}
        return InfoMetricFamily("lodegraph_process", "The server process that these metrics are of.", told)

    def _pool(self, pool: QueryPool) -> Iterator[Metric]:
        load = pool.load()
        workers = GaugeMetricFamily("lodegraph_query_processes", "Query processes by lane and state.", labels=("lane", "state"))
        for lane, count in load.workers.items():
            idle = load.idle.get(lane, 0)
            workers.add_metric((lane, "idle"), idle)
            workers.add_metric((lane, "busy"), max(0, count - idle))
        yield workers
        yield _gauge("query_queue_length", "Queries that wait for a process.", load.waiting)
        yield _gauge("query_queue_limit", "Queries that may wait.", pool.limits.waiting)
        yield _gauge("spool_bytes", "Bytes of large answers on disk, on their way to readers.", pool.spools.size)
        yield _gauge("spool_limit_bytes", "Bytes that they may take.", pool.spools.most)

    def _data(self, graph: Graph) -> Iterator[Metric]:
        kind = "remote" if isinstance(graph.path, str) else "built"
        told = {"version": __version__, "data_version": graph.version, "store": kind}
        yield InfoMetricFamily("lodegraph", "Program, data and kind of store that are served.", told)
        if self._horizon is None:
            self._horizon = newest_document(graph)
        if self._horizon is not None:
            yield _gauge(
                "knowledge_horizon_timestamp_seconds", "Day of issue of the newest document in the graph, in Unix time.", self._horizon
            )


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"lodegraph_{name}", about, value)


def newest_document(graph: Graph) -> float | None:
    """Unix time of the latest day on which a document of the graph was surely out: of a year or month alone, the first day.

    None where there is no such document, or the store cannot be asked now.
    """
    try:
        newest = states.horizon(graph)
    except LodeError:
        return None
    if newest is None:
        return None
    return datetime.datetime.fromisoformat(f"{newest}-01-01"[:10]).replace(tzinfo=datetime.UTC).timestamp()
