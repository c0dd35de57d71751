"""Figures for Prometheus: requests by endpoint, jobs by status. For this machine, or for whoever holds the token."""

import hmac
import time
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Flask, current_app, g, request
from flask.wrappers import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text

from marketplace.kernel.edge import Who, allow, current_session
from marketplace.kernel.errors import NotFound

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
JOBS = text(
    "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
)

blueprint = Blueprint("metrics", __name__)


class Jobs(Collector):
    """The queue as the database has it when it is asked."""

    def collect(self) -> Iterator[Metric]:
        found = {row[0]: row[1] for row in current_session().execute(JOBS)}
        jobs = GaugeMetricFamily("gongzao_jobs", "Jobs that wait, run or are parked", labels=["status"])
        for status in ("todo", "doing", "failed"):
            jobs.add_metric([status], found.get(status, 0))
        yield jobs


def register_metrics(app: Flask, token: str | None) -> None:
    """Count every request of the application. Without `token` only this machine may read the figures."""
    registry = CollectorRegistry()
    requests = Counter("gongzao_requests", "Requests", ["method", "endpoint", "status"], registry=registry)
    seconds = Histogram(
        "gongzao_request_seconds", "Time to answer", ["endpoint"], buckets=BUCKETS_SECONDS, registry=registry
    )
    app.extensions["gongzao_metrics"] = registry
    app.config["METRICS_TOKEN"] = token

    @app.after_request
    def count(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction]
        endpoint = request.endpoint or "none"
        requests.labels(request.method, endpoint, response.status_code).inc()
        if "started" in g:
            seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        return response

    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
@allow(Who.ANYONE)
def metrics() -> Response:
    """The text Prometheus reads; 404 for strangers."""
    if not _may_read():
        raise NotFound("page")
    registry: CollectorRegistry = current_app.extensions["gongzao_metrics"]
    jobs = CollectorRegistry()
    jobs.register(Jobs())
    return Response(generate_latest(registry) + generate_latest(jobs), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token: str = current_app.config["METRICS_TOKEN"] or ""  # pyright: ignore[reportUnknownVariableType]
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), str(token).encode())  # pyright: ignore[reportUnknownArgumentType]
    # behind a proxy of this machine everybody comes from here: then a forwarded request is nobody's own
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_forwarded and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - nobody's address
