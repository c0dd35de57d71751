"""Writes that outlive a rollback: refusals in the audit, the sign-in throttle, the session's last use. Nothing else."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from marketplace.kernel.web import db


@contextmanager
def side_write() -> Generator[Session]:
    """A short transaction of its own beside the request's; committed when the block ends without an error."""
    with Session(db.engine) as session, session.begin():
        yield session
