"""What an operator watches: requests, refusals and how long they took, by route; how full the runner and the pools are."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from jiutong.kernel.db import Database
from jiutong.kernel.runner import Runner

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The meters of one process."""

    def __init__(self, runner: Runner, db: Database) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Inside(runner, db))
        self._requests = Counter("jiutong_requests", "Requests answered", ["method", "route", "status"], registry=self.registry)
        self._seconds = Histogram("jiutong_request_seconds", "Time to answer", ["route"], registry=self.registry, buckets=BUCKETS_S)
        self._refusals = Counter("jiutong_refusals", "Problems answered", ["code"], registry=self.registry)
        # Finding a child by its labels takes a lock and a tuple of strings: once per combination is enough.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request, done. `route` is the template, never the address: addresses are without number."""
        children = self._children.get((method, route, status))
        if children is None:
            children = self._requests.labels(method, route, status), self._seconds.labels(route)
            self._children[method, route, status] = children
        children[0].inc()
        children[1].observe(seconds)

    def refused(self, code: str) -> None:
        """One problem, by its stable code."""
        self._refusals.labels(code).inc()

    def written(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Inside(Collector):
    """What is known inside already, asked when somebody looks."""

    def __init__(self, runner: Runner, db: Database) -> None:
        self._runner = runner
        self._db = db

    @override
    def collect(self) -> Iterator[Metric]:
        """Commands per batch: `rate(jiutong_commands_total) / rate(jiutong_batches_total)`."""
        runner = self._runner
        yield GaugeMetricFamily("jiutong_queue_length", "Commands that wait for a batch", runner.waiting)
        yield GaugeMetricFamily("jiutong_batches_in_flight", "Batches that run now", runner.in_flight)
        yield CounterMetricFamily("jiutong_batches", "Batches run", runner.batches)
        yield CounterMetricFamily("jiutong_commands", "Commands run in batches", runner.commands)
        pools = GaugeMetricFamily("jiutong_connections_in_use", "Database connections in use", labels=["pool"])
        for pool, in_use in self._db.in_use().items():
            pools.add_metric([pool], in_use)
        yield pools
