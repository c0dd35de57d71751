"""Public holidays and shifted workdays of a park: filled from the published calendar, mended by its office.

The State Council publishes each year's calendar in the autumn before it (国务院办公厅关于节假日安排的通知). Until then the
days that are holidays by law on a fixed date stand in, marked provisional.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays as published_holidays
from chinese_calendar.constants import workdays as published_workdays
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import Holiday
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.jobs import defer

BY_LAW = (
    (1, 1, "元旦", "New Year's Day"),
    (5, 1, "劳动节", "Labour Day"),
    (5, 2, "劳动节", "Labour Day"),
    (10, 1, "国庆节", "National Day"),
    (10, 2, "国庆节", "National Day"),
    (10, 3, "国庆节", "National Day"),
)
"""Holidays on a fixed date (全国年节及纪念日放假办法, as of 2025); those of the lunar calendar wait for the notice."""
NAMES_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}
FIRST_YEAR, LAST_YEAR = 2020, 2100


def days_of(year: int) -> list[Holiday]:
    """The year's holidays and shifted workdays without a park (id 0); provisional for a year not published yet."""
    off = {day: name for day, name in cast("dict[date, str]", published_holidays).items() if day.year == year}
    shifted = {day: name for day, name in cast("dict[date, str]", published_workdays).items() if day.year == year}
    if not off:
        return [
            Holiday(
                park_id=0, day=date(year, month, day), is_workday=False, name_zh=zh, name_en=en, is_provisional=True
            )
            for month, day, zh, en in BY_LAW
        ]
    return [
        Holiday(
            park_id=0,
            day=day,
            is_workday=day in shifted,
            name_zh=NAMES_ZH.get(name, name) + ("调休上班" if day in shifted else ""),
            name_en=f"Working day for {name}" if day in shifted else name,
        )
        for day, name in sorted((off | shifted).items())
    ]


def fill_holidays(session: Session, park: Park, *, clock: Clock) -> bool:
    """Write this year's and next year's days of a park; whether anything changed.

    A published year is written once: what the office takes out of it stays out. A provisional year gives way to the
    published one as soon as that is known. Days the office wrote are never touched. Reopens the park's calendars.
    """
    first = clock().astimezone(ZoneInfo(park.time_zone)).year
    changed = [year for year in (first, first + 1) if _fill(session, park, year)]
    if changed:
        defer(session, "bookings.reopen_park", arguments={"park_id": park.id})
    return bool(changed)


def _fill(session: Session, park: Park, year: int) -> bool:
    known = select(Holiday.is_provisional).where(
        Holiday.park_id == park.id, func.date_part("year", Holiday.day) == year, Holiday.edited_at.is_(None)
    )
    kept, days = set(session.scalars(known)), days_of(year)
    is_published = not days[0].is_provisional
    if False in kept or (kept and not is_published):
        return False
    if kept:
        session.execute(
            delete(Holiday).where(
                Holiday.park_id == park.id,
                func.date_part("year", Holiday.day) == year,
                Holiday.is_provisional,
                Holiday.edited_at.is_(None),
            )
        )
    rows = [
        {
            "park_id": park.id,
            "day": one.day,
            "is_workday": one.is_workday,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "is_provisional": one.is_provisional,
        }
        for one in days
    ]
    session.execute(insert(Holiday).values(rows).on_conflict_do_nothing(index_elements=["park_id", "day"]))
    return True


def holidays_of(session: Session, park_id: int, year: int) -> Sequence[Holiday]:
    """A park's holidays and shifted workdays of a year, by day."""
    return session.scalars(
        select(Holiday)
        .where(Holiday.park_id == park_id, func.date_part("year", Holiday.day) == year)
        .order_by(Holiday.day)
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHoliday:
    """A date of the actor's park is a holiday or a shifted workday."""

    day: date
    is_workday: bool
    name_zh: str
    name_en: str = ""


def set_holiday(session: Session, command: SetHoliday, *, actor: Actor, clock: Clock) -> Holiday:
    """The office writes a day; what stood there before is replaced. Reopens the park's calendars.

    Raises `Forbidden` for anybody but the office's admins, `Invalid` for a year out of reach.
    """
    actor.require_office(OfficeRole.ADMIN)
    if not FIRST_YEAR <= command.day.year <= LAST_YEAR:
        raise Invalid("holiday_year", fields={"day": ["holiday_year"]})
    if not command.name_zh:
        raise Invalid("holiday_name", fields={"name_zh": ["required"]})
    found = _locked(session, actor.park_id, command.day)
    before = _facts(found) if found is not None else {}
    if found is None:
        found = Holiday(park_id=actor.park_id, day=command.day, is_workday=command.is_workday, name_zh="", name_en="")
        session.add(found)
    found.is_workday, found.is_provisional, found.edited_at = command.is_workday, False, clock()
    found.name_zh, found.name_en = command.name_zh, command.name_en or command.name_zh
    session.flush()
    _note(session, found.day, actor, action="holiday.set", at=clock(), before=before, after=_facts(found))
    return found


def remove_holiday(session: Session, day: date, *, actor: Actor, clock: Clock) -> None:
    """An ordinary day again. Reopens the park's calendars. Raises `NotFound`."""
    actor.require_office(OfficeRole.ADMIN)
    found = _locked(session, actor.park_id, day)
    if found is None:
        raise NotFound("holiday")
    before = _facts(found)
    session.delete(found)
    session.flush()
    _note(session, day, actor, action="holiday.removed", at=clock(), before=before, after={})


def _locked(session: Session, park_id: int, day: date) -> Holiday | None:
    return session.scalar(select(Holiday).where(Holiday.park_id == park_id, Holiday.day == day).with_for_update())


def _facts(holiday: Holiday) -> dict[str, object]:
    return {"is_workday": holiday.is_workday, "name_zh": holiday.name_zh, "name_en": holiday.name_en}


def _note(
    session: Session,
    day: date,
    actor: Actor,
    *,
    action: str,
    at: datetime,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    audit(session, actor, at=at, action=action, subject=f"holiday:{day.isoformat()}", before=before, after=after)
    defer(session, "bookings.reopen_park", arguments={"park_id": actor.park_id})
