"""Resource types as one park has them: its own names, more words, types it does not use."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import TypeOverride


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideType:
    """Empty names keep the shipped ones. `is_active` False: no new listing takes the type, old ones stay."""

    type_code: str
    name_zh: str = ""
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    is_active: bool = True


def override_type(session: Session, command: OverrideType, *, actor: Actor, clock: Clock) -> TypeOverride:
    """Change what the park calls a type. Raises `NotFound` for a type that is not shipped."""
    actor.require_office(OfficeRole.ADMIN)
    if command.type_code not in load_catalogue().types:
        raise NotFound("resource_type")
    if any(len(word) > 60 for word in (command.name_zh, command.name_en, *command.aliases)):
        raise Invalid("listing_invalid", fields={"name_zh": ["too_long"]})
    row = _override(session, actor.park_id, command.type_code)
    if row is None:
        row = TypeOverride(park_id=actor.park_id, type_code=command.type_code, updated_at=clock())
        session.add(row)
    row.name_zh, row.name_en, row.aliases = command.name_zh, command.name_en, list(command.aliases)
    row.is_active, row.updated_at = command.is_active, clock()
    session.flush()
    after = {"name_zh": row.name_zh, "name_en": row.name_en, "aliases": row.aliases, "is_active": row.is_active}
    audit(session, actor, at=clock(), action="resource_type.changed", subject=f"type:{row.type_code}", after=after)
    return row


def _override(session: Session, park_id: int, type_code: str) -> TypeOverride | None:
    return session.scalar(
        select(TypeOverride).where(TypeOverride.park_id == park_id, TypeOverride.type_code == type_code)
    )


def overrides(session: Session, park_id: int) -> Mapping[str, TypeOverride]:
    """The park's changes by type code."""
    rows = session.scalars(select(TypeOverride).where(TypeOverride.park_id == park_id))
    return {row.type_code: row for row in rows}


def active_types(session: Session, park_id: int, locale: str) -> dict[str, str]:
    """Type code → name in the reader's language, of the types that the park uses."""
    changed = overrides(session, park_id)
    names: dict[str, str] = {}
    for kind in load_catalogue().types.values():
        row = changed.get(kind.code)
        if row is not None and not row.is_active:
            continue
        own = "" if row is None else (row.name_en if locale.startswith("en") else row.name_zh)
        names[kind.code] = own or kind.name(locale)
    return names
