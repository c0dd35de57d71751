"""Which news of credit firms are told: a fault on their record, objections and repairs decided, a new public grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, joinedload

from credit.evidence.events import EvidenceChanged
from credit.evidence.models import Evidence
from credit.objections.events import ObjectionMoved, RepairDecided
from credit.objections.models import Objection, Repair
from credit.ratings.events import PublicGradeChanged
from credit.scoring.events import Role, State
from credit.scoring.model import shipped_model
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.words import translate

READERS = (FirmRole.OPERATOR,)
COUNTS_NOW = {State.FINAL, State.UPHELD}
TOLD_TO_FIRM = {"acknowledged", "granted", "rejected", "confirmed", "escalated"}


def tell_of_fault(session: Session, event: EvidenceChanged, *, clock: Clock) -> None:
    """A firm learns of a fault that counts from now on, where it can object to it."""
    if event.state not in COUNTS_NOW:
        return
    evidence = session.get_one(Evidence, event.evidence_id)
    dimension = shipped_model().roles[evidence.role.value].get(evidence.dimension)
    if dimension is None or evidence.x >= dimension.good_rate:
        return
    facts = {"number": str(evidence.facts.get("number", "")), "days": shipped_model().objection_days}
    link = f"/credit/evidence/{evidence.public_id}/objection"
    _tell(
        session,
        News(
            park_id=evidence.park_id,
            firm=evidence.enterprise_id,
            code="credit.fault",
            facts=facts,
            link=link,
            once=str(evidence.id),
        ),
        clock=clock,
    )


def tell_of_objection(session: Session, event: ObjectionMoved, *, clock: Clock) -> None:
    """The firm that objects learns each step of the office; the other side that it may say how it saw it."""
    objection = session.get_one(Objection, event.objection_id, options=[joinedload(Objection.evidence)])
    other, link = objection.evidence.counterparty_id, f"/credit/objections/{objection.public_id}"
    facts = {
        "number": str(objection.evidence.facts.get("number", "")),
        "reason": objection.appeal_decision or objection.decision,
    }
    once = f"{objection.id}:{objection.decide_by.date()}"
    if event.step == "filed" and other is not None:
        _tell(
            session,
            News(
                park_id=objection.park_id, firm=other, code="credit.objection_filed", facts=facts, link=link, once=once
            ),
            clock=clock,
        )
    elif event.step in TOLD_TO_FIRM:
        code = f"credit.objection_{event.step}"
        _tell(
            session,
            News(park_id=objection.park_id, firm=objection.enterprise_id, code=code, facts=facts, link=link, once=once),
            clock=clock,
        )


def tell_of_repair(session: Session, event: RepairDecided, *, clock: Clock) -> None:
    """The firm learns whether its repair was granted, and why not."""
    repair = session.get_one(Repair, event.repair_id, options=[joinedload(Repair.evidence)])
    facts = {"number": str(repair.evidence.facts.get("number", "")), "reason": repair.decision}
    code = f"credit.repair_{event.status}"
    firm = repair.evidence.enterprise_id
    _tell(
        session,
        News(park_id=repair.park_id, firm=firm, code=code, facts=facts, link="/credit", once=str(repair.id)),
        clock=clock,
    )


def tell_of_grade(session: Session, event: PublicGradeChanged, *, clock: Clock) -> None:
    """The firm learns its new public grade, which deposits and matching use from now on."""
    facts = {"role": event.role, "before": event.before, "grade": event.grade}
    once = f"{event.role}:{event.before}:{event.grade}:{clock().date()}"
    link = f"/credit?role={event.role}"
    _tell(
        session,
        News(park_id=event.park_id, firm=event.enterprise_id, code="credit.grade", facts=facts, link=link, once=once),
        clock=clock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Whom it concerns, what is said, where it leads; `once` tells it apart from others of the same code."""

    park_id: int
    firm: int
    code: str
    facts: Mapping[str, Any]
    link: str
    once: str


def _tell(session: Session, news: News, *, clock: Clock) -> None:
    notify(
        session,
        park_id=news.park_id,
        to=Recipients(enterprise_id=news.firm, firm_roles=READERS),
        code=news.code,
        facts={**news.facts},
        link=news.link,
        at=clock(),
        once_key=f"{news.code}:{news.firm}:{news.once}",
    )


def gettext(text: str) -> str:
    """Marks a message for the catalogue; it is translated when it is read."""
    return text


def _worded(subject: str, body: str) -> Wording:
    def word(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
        given = {**facts, "number": facts["number"] or "—", "reason": facts.get("reason") or "—"}
        return translate(locale, subject, **given), translate(locale, body, **given)

    return word


def _graded(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    is_supplier = facts["role"] == Role.SUPPLIER.value
    subject = (
        translate(locale, "您作为供方的公开信用等级：%(before)s → %(grade)s", **facts)
        if is_supplier
        else translate(locale, "您作为需方的公开信用等级：%(before)s → %(grade)s", **facts)
    )
    return subject, translate(locale, "押金、匹配和监管从现在起按新等级；每一分的来由在信用页面。")


WORDINGS: dict[str, Wording] = {
    "credit.fault": _worded(
        gettext("一条扣分记录已计入您的信用：订单 %(number)s"), gettext("认为不对，可以在 %(days)s 天内提出异议。")
    ),
    "credit.objection_filed": _worded(
        gettext("对方对订单 %(number)s 的信用记录提出异议"), gettext("您可以在 5 个工作日内说明情况。")
    ),
    "credit.objection_acknowledged": _worded(
        gettext("您的异议已受理：订单 %(number)s"), gettext("园区会在期限内裁定，结果会通知您。")
    ),
    "credit.objection_granted": _worded(
        gettext("您的异议成立：订单 %(number)s"), gettext("这条记录不再计分。理由：%(reason)s")
    ),
    "credit.objection_rejected": _worded(
        gettext("您的异议没有成立：订单 %(number)s"), gettext("理由：%(reason)s。可以申诉一次，由另一位同事复核。")
    ),
    "credit.objection_confirmed": _worded(gettext("申诉后维持原裁定：订单 %(number)s"), gettext("理由：%(reason)s")),
    "credit.objection_escalated": _worded(
        gettext("您的异议超过期限还没有裁定：订单 %(number)s"), gettext("这条记录先不计分，直到园区裁定。")
    ),
    "credit.repair_granted": _worded(
        gettext("信用修复已通过：订单 %(number)s"), gettext("这条记录不再计分，评分当天更新。")
    ),
    "credit.repair_refused": _worded(gettext("信用修复没有通过：订单 %(number)s"), gettext("理由：%(reason)s")),
    "credit.grade": _graded,
}

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(EvidenceChanged, tell_of_fault, "credit.tell_of_fault"),
    Subscription(ObjectionMoved, tell_of_objection, "credit.tell_of_objection"),
    Subscription(RepairDecided, tell_of_repair, "credit.tell_of_repair"),
    Subscription(PublicGradeChanged, tell_of_grade, "credit.tell_of_grade"),
)
