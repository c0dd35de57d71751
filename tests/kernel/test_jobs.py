"""Jobs kept from the queue go to whoever keeps them, and to nobody else."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.kernel.jobs import KeptJob, defer, job, jobs_kept_by, work_of
from marketplace.orders.handlers import expire_payment_job

LATER = datetime(2026, 12, 1, tzinfo=UTC)


def queued(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()


def test_jobs_of_a_block_go_to_their_keeper_and_later_ones_to_the_queue(session: Session):
    kept: list[KeptJob] = []
    before = queued(session)
    with jobs_kept_by(kept.append):
        defer(session, "orders.expire_payment", at=LATER, lock="one", arguments={"order_id": 7})
    assert kept == [KeptJob(name="orders.expire_payment", at=LATER, lock="one", arguments={"order_id": 7})]
    assert queued(session) == before
    defer(session, "orders.expire_payment", at=LATER, arguments={"order_id": 7})
    assert queued(session) == before + 1
    assert len(kept) == 1


def test_work_is_found_by_the_name_of_its_job():
    assert work_of("orders.expire_payment") is expire_payment_job


def test_work_of_several_parts_may_be_done_in_one_transaction():
    done = []

    @job("tests.in_parts")
    def work(session, *, clock):
        done.append("before")
        yield
        done.append("after")

    work_of("tests.in_parts")(None, clock=None)
    assert done == ["before", "after"]
