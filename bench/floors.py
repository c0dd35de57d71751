"""The floors: what the same machine needs for the bare thing, without any product around it.

`application` answers `/json`, `/select` (one indexed select), `/page` (count, 20 rows, Jinja) and `/list` (20 rows by the
ORM and marshmallow) on the database that DATABASE_URL names; the writes are functions of their own.
"""

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg
from flask import Flask, Response, jsonify
from jinja2 import Environment
from marshmallow import Schema, fields
from psycopg import Connection
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from marketplace.kernel.settings import driver_url
from marketplace.listings.models import Listing, ListingStatus

ROWS = 20
PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ total }}</title><p>{{ total }}</p><table>{% for row in rows %}<tr><th>{{ row.title_zh }}"
    "</th><td>{{ row.model }}</td><td>{{ row.manufacturer }}</td><td>{{ row.updated_at }}</td></tr>{% endfor %}</table>"
)


class RowSchema(Schema):
    """A plain listing: the floor of a list of objects."""

    public_id = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    model = fields.String()
    manufacturer = fields.String()
    attributes = fields.Dict()
    status = fields.Enum(ListingStatus, by_value=True)
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    version = fields.Integer()


def make_app() -> Flask:
    app = Flask("floor")
    engine = create_engine(driver_url(os.environ["DATABASE_URL"]))
    published = select(Listing).where(Listing.status == ListingStatus.PUBLISHED).order_by(Listing.id).limit(ROWS)
    many = RowSchema(many=True)

    @app.get("/healthz")
    @app.get("/json")
    def plain() -> Response:
        return jsonify(answer=42)

    @app.get("/select/<public_id>")
    def one(public_id: str) -> Response:
        with Session(engine) as session:
            found = session.execute(
                select(Listing.public_id, Listing.title_zh).where(Listing.public_id == public_id)
            ).one()
            return jsonify(id=found[0], title=found[1])

    @app.get("/page")
    def page() -> str:
        with Session(engine) as session:
            total = session.scalar(select(func.count()).select_from(Listing))
            return PAGE.render(total=total, rows=session.scalars(published).all())

    @app.get("/list")
    def rows() -> Response:
        with Session(engine) as session:
            return jsonify(items=many.dump(session.scalars(published).all()))

    return app


def writes(url: str, rows: int) -> dict[str, float]:
    """Rows a second of a bare table of the owner's: one insert and commit each, `unnest … on conflict do nothing`, COPY."""
    with _table(url) as connection:
        return {
            "INSERT, one commit each": _speed(rows // 20, lambda: _inserts(connection, rows // 20)),
            "unnest … on conflict do nothing": _speed(rows, lambda: _unnest(connection, rows)),
            "COPY": _speed(rows, lambda: _copy(connection, rows)),
        }


@contextmanager
def _table(url: str) -> Generator[Connection]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE floor (id bigint PRIMARY KEY, at timestamptz, value numeric)")
        connection.commit()
        yield connection
        connection.execute("DROP TABLE floor")


def _speed(rows: int, work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return rows / (time.perf_counter() - started)


def _inserts(connection: Connection, rows: int) -> None:
    for n in range(rows):
        connection.execute("INSERT INTO floor VALUES (%s, now(), 1)", (n,))
        connection.commit()


def _unnest(connection: Connection, rows: int) -> None:
    ids = list(range(10**6, 10**6 + rows))
    for begin in range(0, rows, 1_000):
        connection.execute(
            "INSERT INTO floor SELECT id, now(), 1 FROM unnest(%s::bigint[]) AS sent(id) ON CONFLICT DO NOTHING",
            (ids[begin : begin + 1_000],),
        )
        connection.commit()


def _copy(connection: Connection, rows: int) -> None:
    with connection.cursor().copy("COPY floor FROM STDIN") as copy:
        for n in range(rows):
            copy.write_row((2 * 10**6 + n, "2026-11-23T00:00:00Z", 1))
    connection.commit()
