"""What Prometheus reads of the server."""

from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

from filmwright.jobs.orders import Load, Status

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)  # seconds


class Metrics:
    """Counters of one server process. Orders are counted when they are asked for: any process may finish them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self._requests = Counter("filmwright_http_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "filmwright_http_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ["method", "route"],
            registry=registry,
            buckets=BUCKETS,
        )
        self._orders = Gauge("filmwright_orders", "Orders by what became of them.", ["status"], registry=registry)
        self._workers = Gauge("filmwright_workers", "Workers alive.", registry=registry)
        self._slots = Gauge("filmwright_slots", "Jobs that they make at the same time.", registry=registry)
        self._waited = Gauge("filmwright_oldest_queued_seconds", "Wait of the oldest queued job.", registry=registry)
        self._deliveries = Gauge("filmwright_webhooks_waiting", "Webhooks to be delivered.", registry=registry)
        self.streams = 0  # clients that follow a job's events
        self._streams = Gauge("filmwright_event_streams", "Clients that follow a job's events.", registry=registry)

    def seen(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request under its route: paths as they came are without end."""
        method = scope.get("method", "WEBSOCKET")
        method = method if method in METHODS else "other"
        route = getattr(scope.get("route"), "path", "unknown")
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def following(self, change: int) -> None:
        """A client came to an event stream (1) or left it (-1)."""
        self.streams += change
        self._streams.set(self.streams)

    def page(self, load: Load) -> bytes:
        """The page in Prometheus's text form."""
        for status in STATUSES:
            self._orders.labels(status).set(load.by_status.get(status, 0))
        self._workers.set(load.workers)
        self._slots.set(load.slots)
        self._waited.set(load.oldest_queued or 0.0)
        self._deliveries.set(load.deliveries)
        return generate_latest(self._registry)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})
STATUSES: tuple[Status, ...] = get_args(Status)
