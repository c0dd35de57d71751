"""What watches the product: readiness and figures for Prometheus."""

import pytest
from sqlalchemy import text

from marketplace.kernel.web import db


def test_ready_when_database_and_queue_answer(client, session):
    assert client.get("/readyz").json == {"status": "ok", "database": "ok", "queue": "ok"}


def test_readiness_turns_red_without_the_queue(client, session, monkeypatch):
    real = db.session.registry().execute

    def without_queue(statement, *args, **kwargs):
        if "procrastinate" in str(statement):
            statement = text("SELECT 1 FROM no_such_queue")
        return real(statement, *args, **kwargs)

    monkeypatch.setattr(
        "marketplace.app.health.current_session", lambda: type("S", (), {"execute": staticmethod(without_queue)})
    )
    assert client.get("/readyz").status_code == 503


def test_requests_and_jobs_are_counted(client, session):
    session.execute(
        text("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'failed')")
    )
    client.get("/healthz")
    figures = client.get("/metrics").text
    assert 'gongzao_requests_total{endpoint="health.alive",method="GET",status="200"}' in figures
    assert 'gongzao_jobs{status="failed"} 1.0' in figures


@pytest.mark.parametrize(
    "strange",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"HTTP_FORWARDED": "for=192.0.2.7"}],
)
def test_metrics_are_not_there_for_other_machines(client, session, strange):
    assert client.get("/metrics", environ_overrides=strange).status_code == 404


def test_a_token_lets_another_machine_read(client, session, app, monkeypatch):
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "long and secret")
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_overrides=far).status_code == 404
    bearer = {"Authorization": "Bearer long and secret"}
    assert client.get("/metrics", environ_overrides=far, headers=bearer).status_code == 200
