"""Notices about firms and people: accounts lie below conversations, so their sentences and handlers live here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.events import EnterpriseApplied, JoinDecided, JoinRequested, StandingChanged
from marketplace.accounts.models import Enterprise, FirmMember, Membership, MemberStatus, User
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.words import translate


def tell_office_of_application(session: Session, event: EnterpriseApplied, *, clock: Clock) -> None:
    """The office's admins learn that a firm waits."""
    membership = session.get_one(Membership, event.membership_id)
    firm = session.get_one(Enterprise, membership.enterprise_id)
    notify(
        session,
        park_id=membership.park_id,
        to=Recipients(office_roles=(OfficeRole.ADMIN,)),
        code="enterprise.applied",
        facts={"zh": firm.name("zh_CN"), "en": firm.name("en")},
        link=f"/office/firms/{firm.public_id}",
        at=clock(),
        once_key=f"applied:{membership.id}:{membership.applied_at.isoformat()}",
    )


def tell_firm_of_standing(session: Session, event: StandingChanged, *, clock: Clock) -> None:
    """The firm's people learn what the office decided."""
    membership = session.get_one(Membership, event.membership_id)
    firm = session.get_one(Enterprise, event.enterprise_id)
    notify(
        session,
        park_id=event.park_id,
        to=Recipients(enterprise_id=event.enterprise_id),
        code=f"enterprise.{event.status}",
        facts={"zh": firm.name("zh_CN"), "en": firm.name("en"), "reason": membership.reason},
        link="/firm",
        at=clock(),
        once_key=f"standing:{membership.id}:{event.status}:{membership.version}",
    )


def tell_owner_of_request(session: Session, event: JoinRequested, *, clock: Clock) -> None:
    """The firm's owners and the office learn that somebody asks to join."""
    member = session.get_one(FirmMember, event.member_id)
    person = session.get_one(User, member.user_id)
    park_id = session.scalars(
        select(Membership.park_id).where(Membership.enterprise_id == member.enterprise_id).order_by(Membership.id)
    ).first()
    if park_id is None:
        return
    notify(
        session,
        park_id=park_id,
        to=Recipients(enterprise_id=member.enterprise_id, firm_roles=(FirmRole.OWNER,)),
        code="member.requested",
        facts={"name": person.name, "email": person.email},
        link="/firm#members",
        at=clock(),
        once_key=f"join:{member.id}:{member.since.isoformat()}",
    )


def tell_person_of_decision(session: Session, event: JoinDecided, *, clock: Clock) -> None:
    """The person who asked learns the answer."""
    member = session.get_one(FirmMember, event.member_id)
    firm = session.get_one(Enterprise, member.enterprise_id)
    park_id = session.scalars(
        select(Membership.park_id).where(Membership.enterprise_id == firm.id).order_by(Membership.id)
    ).first()
    if park_id is None:
        return
    accepted = member.status is MemberStatus.ACTIVE
    notify(
        session,
        park_id=park_id,
        to=Recipients(user_ids=(member.user_id,)),
        code="member.accepted" if accepted else "member.declined",
        facts={"zh": firm.name("zh_CN"), "en": firm.name("en")},
        link="/firm",
        at=clock(),
        once_key=f"joined:{member.id}:{member.status.value}",
    )


def _named(facts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    return {"firm": facts["en"] if locale.startswith("en") else facts["zh"], "reason": facts.get("reason", "")}


def _applied(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(firm)s 申请入驻，等您审核", **_named(facts, locale))
    return subject, translate(locale, "打开申请，看营业执照和资料后决定。")


def _admitted(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(firm)s 已准入园区", **_named(facts, locale))
    return subject, translate(locale, "现在可以发布设备、预订别家的设备了。")


def _refused(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(firm)s 的入驻申请没有通过", **_named(facts, locale))
    return subject, translate(locale, "园区的说明：%(reason)s", **_named(facts, locale))


def _suspended(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(firm)s 已被园区暂停", **_named(facts, locale))
    return subject, translate(locale, "园区的说明：%(reason)s", **_named(facts, locale))


def _left(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(firm)s 已退出园区", **_named(facts, locale))
    return subject, translate(locale, "园区的说明：%(reason)s", **_named(facts, locale))


def _asks(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(name)s 申请加入您的企业", name=facts["name"])
    return subject, translate(locale, "邮箱 %(email)s。认识的话请同意，不认识请不同意。", email=facts["email"])


def _accepted(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    return translate(locale, "您已加入 %(firm)s", **_named(facts, locale)), ""


def _declined(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    return translate(locale, "%(firm)s 没有同意您的加入申请", **_named(facts, locale)), ""


WORDINGS: dict[str, Wording] = {
    "enterprise.applied": _applied,
    "enterprise.admitted": _admitted,
    "enterprise.refused": _refused,
    "enterprise.suspended": _suspended,
    "enterprise.left": _left,
    "member.requested": _asks,
    "member.accepted": _accepted,
    "member.declined": _declined,
}

SUBSCRIPTIONS = (
    Subscription(EnterpriseApplied, tell_office_of_application, "conversations.tell_office_of_application"),
    Subscription(StandingChanged, tell_firm_of_standing, "conversations.tell_firm_of_standing"),
    Subscription(JoinRequested, tell_owner_of_request, "conversations.tell_owner_of_request"),
    Subscription(JoinDecided, tell_person_of_decision, "conversations.tell_person_of_decision"),
)
