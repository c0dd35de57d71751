"""What stands around a page for whoever reads it: park, firms, notices, account."""

from flask import current_app, url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from marketplace.accounts.models import Enterprise, FirmMember, MemberStatus, Park
from marketplace.conversations.operations import UNREAD, unread_count
from marketplace.kernel.actor import Actor
from marketplace.kernel.edge import current_actor_or_none, current_session
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale
from marketplace.ui.frame import FirmChoice, Frame, Link

OFFICE = "office"
"""What the switch of firms sends for the park office."""
FIRMS = (
    select(Enterprise, UNREAD.scalar_subquery())
    .options(
        load_only(
            Enterprise.public_id,
            Enterprise.name_zh,
            Enterprise.name_en,
            Enterprise.short_name_zh,
            Enterprise.short_name_en,
        )
    )
    .join(FirmMember, FirmMember.enterprise_id == Enterprise.id)
    .where(FirmMember.user_id == bindparam("person"), FirmMember.status == MemberStatus.ACTIVE)
    .order_by(Enterprise.id)
)


def load_frame() -> Frame:
    """The reader's surroundings; without a sign-in only the park and the way in."""
    session, actor, locale = current_session(), current_actor_or_none(), reader_locale()
    if actor is None:
        return Frame(
            park_name=_park_name(_only_park(session), locale), home_url="/", sign_in_url=_url("accounts_pages.sign_in")
        )
    firms, unread = _firms_and_unread(session, actor, locale)
    return Frame(
        park_name=_park_name(session.get(Park, actor.park_id), locale),
        home_url="/",
        person=actor.name,
        acting_as=next((firm.label for firm in firms if firm.is_current), None),
        firms=firms,
        switch_url=_url("accounts_pages.switch_firm"),
        account_links=_account_links(actor),
        sign_out_url=_url("accounts_pages.sign_out"),
        notices_url=_url("conversations_pages.inbox"),
        unread=unread,
        audiences=_audiences(actor),
    )


def _url(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _only_park(session: Session) -> Park | None:
    return session.scalar(select(Park).order_by(Park.id).limit(1))


def _park_name(park: Park | None, locale: str) -> str:
    if park is None:
        return ""
    return park.name_en if locale.startswith("en") else park.name_zh


def _firms_and_unread(session: Session, actor: Actor, locale: str) -> tuple[list[FirmChoice], int]:
    """The firms one may act for and how many notices wait, in one statement for whoever has a firm."""
    rows = session.execute(FIRMS, {"person": actor.user_id}).all()
    choices = [
        FirmChoice(firm.name(locale), firm.public_id, is_current=firm.id == actor.enterprise_id) for firm, _ in rows
    ]
    if actor.is_office:
        choices.append(FirmChoice(gettext("园区办公室"), OFFICE, is_current=actor.enterprise_id is None))
    return choices, rows[0][1] if rows else unread_count(session, actor=actor)


def _account_links(actor: Actor) -> list[Link]:
    links = [Link(gettext("我的账号"), _url("accounts_pages.profile"))]
    if actor.enterprise_id is not None:
        links.append(Link(gettext("企业与成员"), _url("accounts_pages.firm")))
    return [link for link in links if link.url]


def _audiences(actor: Actor) -> frozenset[str]:
    words = {"signed_in"}
    if actor.enterprise_id is not None:
        words.add("firm")
    if actor.is_office and actor.enterprise_id is None:
        words |= {"office", *(f"office_{role.value}" for role in actor.office_roles)}
    return frozenset(words)
