"""The product never runs as a database superuser: append-only tables are guarded by grants, which bind no superuser."""

from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from marketplace.kernel.settings import SettingsError
from marketplace.kernel.web import db

REMEDY = (
    "The role of DATABASE_URL is a superuser, for whom append-only tables are not guarded: "
    "run the product as gongzao_app, migrate as gongzao_owner (DATABASE_OWNER_URL). `gongzao doctor` checks it."
)


def refuse_superusers(app: Flask) -> None:
    """Look at every new connection of the product, the first one now: the server itself says who is a superuser.

    A database that is down is no reason not to start: readiness tells of it. Raises `SettingsError` with the remedy.
    """
    with app.app_context():
        event.listen(db.engine, "connect", _check)
        with suppress(OperationalError), db.engine.connect():
            pass
        db.engine.dispose()


def _check(connection: Any, _record: object) -> None:
    if connection.info.parameter_status("is_superuser") == "on":
        raise SettingsError(REMEDY)
