"""The declarative base and constraint violations as refusals. No Flask here."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.errors import IntegrityError as DriverIntegrityError
from sqlalchemy import BigInteger, DateTime, Enum, Identity, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    registry,
)

from marketplace.kernel.errors import DomainError
from marketplace.kernel.ids import new_public_id

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

JSON = dict[str, Any]


class Base(DeclarativeBase):
    """The one registry. Flask-SQLAlchemy 3.1 copies this class: a type map beside it, or a dataclass, would fail."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: DateTime(timezone=True), int: BigInteger, JSON: JSONB},
    )


class Record(MappedAsDataclass, Base, kw_only=True):
    """What models inherit, never `db.Model`: typed constructors, no Flask."""

    __abstract__ = True


class Keyed(MappedAsDataclass, kw_only=True):
    """A bigint key for joins and a public id for the world."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    public_id: Mapped[str] = mapped_column(String(14), unique=True, init=False, default_factory=new_public_id)


def text_enum(kind: type[StrEnum]) -> Enum:
    """A column of the enum's values, checked by the database and without a PostgreSQL type to migrate."""

    def values(members: type[StrEnum]) -> list[str]:
        return [member.value for member in members]

    return Enum(kind, native_enum=False, create_constraint=True, values_callable=values, length=32)


@contextmanager
def refusing(session: Session, refusals: Mapping[str, Callable[[], DomainError]]) -> Generator[None]:
    """Flush inside a savepoint; a violated constraint named in `refusals` raises its refusal instead.

    The outer transaction stays usable, so the caller may try another unit or answer with alternatives.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        name = error.orig.diag.constraint_name if isinstance(error.orig, DriverIntegrityError) else None
        if name is None or name not in refusals:
            raise
        refusal = refusals[name]()
        raise refusal from error
