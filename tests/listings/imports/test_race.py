"""Two clerks press the button at once: the machines are stored once."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from marketplace.kernel.web import db
from marketplace.listings.imports import jobs
from marketplace.listings.imports.models import ImportRun, RunState
from marketplace.listings.imports.operations import CommitImport, StartImport, commit_import, start_import
from marketplace.listings.models import Listing, Unit
from tests.factories import create_enterprise, create_member, create_park, firm_actor
from tests.listings.imports.ledgers import ROWS, ledger

CLERKS = 4


@pytest.fixture
def runs(committing, clock):
    park = create_park(committing)
    enterprise = create_enterprise(committing, park)
    actor = firm_actor(create_member(committing, enterprise), park, enterprise)
    made = []
    for _ in range(CLERKS):
        command = StartImport(filename="台账.csv", content=ledger(*ROWS))
        run = start_import(committing, command, actor=actor, clock=clock)
        committing.commit()
        jobs.read_ledger_job(committing, clock=clock, run_id=run.id)
        commit_import(committing, CommitImport(run=run.public_id), actor=actor, clock=clock)
        committing.commit()
        made.append(run.id)
    return made


def test_same_ledger_written_by_several_workers_at_once_is_stored_once(app, committing, clock, runs):
    barrier = threading.Barrier(CLERKS)
    failures = []

    def write(run_id):
        with app.app_context():
            session = db.session()
            try:
                barrier.wait()
                jobs.write_import_job(session, clock=clock, run_id=run_id)
                session.commit()
            except SQLAlchemyError as error:
                session.rollback()
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(run_id,)) for run_id in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    committing.expire_all()
    assert failures == []
    assert committing.scalar(select(func.count()).select_from(Listing)) == 2
    assert committing.scalar(select(func.count()).select_from(Unit)) == 3
    done = committing.scalars(select(ImportRun)).all()
    assert {run.state for run in done} == {RunState.DONE}
    assert sorted(run.counts["created"] for run in done) == [0, 0, 0, 2]
