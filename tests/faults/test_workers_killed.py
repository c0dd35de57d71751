"""A worker killed with -9 in the middle of its work: the next one does it, once."""

import signal
import time

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from marketplace.accounts.operations.inviting import Invite, invite
from marketplace.app.worker import run_due_jobs
from marketplace.kernel.clock import system_clock
from marketplace.listings.imports.jobs import read_ledger_job
from marketplace.listings.imports.models import ImportRun, RunState
from marketplace.listings.imports.operations import CommitImport, StartImport, commit_import, start_import
from marketplace.listings.models import Listing, Unit
from tests.listings.imports.ledgers import ROWS, ledger
from tests.orders.test_orders import Market

PATIENCE_SECONDS = 60


@pytest.fixture
def run(committing):
    """An import that only waits to be written."""
    market = Market(committing)
    command = StartImport(filename="台账.csv", content=ledger(*ROWS))
    run = start_import(committing, command, actor=market.owner, clock=system_clock)
    read_ledger_job(committing, clock=system_clock, run_id=run.id)
    committing.execute(text("DELETE FROM procrastinate_jobs"))
    commit_import(committing, CommitImport(run=run.public_id), actor=market.owner, clock=system_clock)
    committing.commit()
    return run


def wait_for(session, query, wanted):
    until = time.monotonic() + PATIENCE_SECONDS
    while session.scalar(text(query)) != wanted:
        assert time.monotonic() < until, query
        session.rollback()
        time.sleep(0.1)
    session.rollback()


def forget_the_heartbeat(session):
    """As if half a minute had gone by since the worker died."""
    session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"))
    session.commit()


def test_an_import_whose_writer_is_killed_is_written_once_by_the_next(product, committing, settings, run):
    plain = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    before = committing.scalar(select(func.count(Listing.id)))
    committing.rollback()
    with psycopg.connect(plain) as holder:
        holder.execute("LOCK TABLE listings_unit IN EXCLUSIVE MODE")
        worker = product.worker()
        try:
            wait_for(
                committing,
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'listings_unit'::regclass",
                1,
            )
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    assert committing.scalar(select(func.count(Listing.id))) == before
    forget_the_heartbeat(committing)
    run_due_jobs(settings)
    committing.expire_all()
    assert committing.get_one(ImportRun, run.id).state is RunState.DONE
    numbers = committing.scalars(select(Unit.asset_number).where(Unit.asset_number.like("JX-%"))).all()
    assert sorted(numbers) == ["JX-001", "JX-002", "JX-003"]
    assert committing.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")) == 0


def test_a_job_that_ends_every_worker_is_parked_for_the_office(committing, settings, app):
    market = Market(committing)
    committing.execute(text("DELETE FROM procrastinate_jobs"))
    invite(
        committing, Invite(email="new@example.com", role=market.owner.firm_role), actor=market.owner, clock=system_clock
    )
    taken = text("UPDATE procrastinate_jobs SET status = 'doing', attempts = 4, worker_id = NULL RETURNING id")
    ids = committing.scalars(taken).all()
    committing.commit()
    run_due_jobs(settings)
    states = text("SELECT DISTINCT status::text FROM procrastinate_jobs WHERE id = ANY(:ids)")
    assert ids
    assert committing.scalars(states, {"ids": ids}).all() == ["failed"]
