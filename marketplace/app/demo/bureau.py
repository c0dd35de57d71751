"""The credit office's part of the history: anchor firms, evidence night by night, grades month by month, objections."""

import csv
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.evidence.models import Evidence
from credit.objections.operations import Acknowledge, FileObjection, acknowledge_objection, file_objection
from credit.public_records.operations import ImportRecords, import_records
from credit.ratings.anchors import NameAnchor, name_anchor
from credit.ratings.operations import publish_grades, rerate_park
from marketplace.accounts.models import Enterprise, Park
from marketplace.app.demo.bank import TIME_ZONE
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.settlement.operations.evidence import orders_become_final, write_evidence

DAY = timedelta(days=1)
NIGHT, RATING, PUBLICATION = time(1, 17), time(1, 40), time(2, 20)
ANCHORS = 12
DEPOSITS_SINCE = timedelta(days=100)
DEPOSIT_BY_GRADE = {"A": "0.5", "B": "1", "C": "1.5", "D": "2"}
HEADINGS = (
    "统一社会信用代码",
    "文书号",
    "机关",
    "类别",
    "公示日期",
    "最短公示期至",
    "最长公示期至",
    "是否修复",
    "加分",
)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A public-credit record: about which firm, days counted from its publication on `published_days` before the import."""

    firm: str
    number: str
    authority: str
    word: str
    published_days: int
    least_days: int | None = None
    most_days: int | None = None
    points: str = ""


RECORDS = (
    (
        75 * DAY,
        (
            KnownFact("lianshu", "苏05执1872号", "苏州市中级人民法院", "失信被执行人", 20, 180, 730),
            KnownFact("lichuan", "苏工信表17号", "江苏省工业和信息化厅", "表彰", 110, points="2"),
        ),
    ),
    (20 * DAY, (KnownFact("qishi", "苏环罚05第118号", "苏州市生态环境局", "一般处罚", 6, 90, 365),)),
)
GROUNDS = (
    ("当日园区停电两小时，交接推迟与我方无关，附物业停电通知。", "物业停电通知 2 页"),
    ("超差件经复检合格，返工是图纸改版引起的。", "复检记录与改版单"),
)


class Bureau:
    """Adds the office's credit work to the timeline."""

    def __init__(self, timeline: Timeline, officer: Actor, admins: Sequence[Actor], *, now: datetime) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._admins = admins
        self._officer = officer
        self._park_id = officer.park_id
        self._now = now

    def plan(self, since: datetime, firms: Mapping[str, Firm]) -> None:
        """`firms` fills while the history goes on."""
        self._timeline.add(since + 40 * DAY, lambda clock: self._name_anchors(firms, clock))
        first = since.astimezone(TIME_ZONE).date()
        days = [first + number * DAY for number in range((self._now.astimezone(TIME_ZONE).date() - first).days + 1)]
        for day in days:
            self._timeline.add(datetime.combine(day, NIGHT, TIME_ZONE), self._find_final)
            at = datetime.combine(day, RATING, TIME_ZONE)
            if day.weekday() == 0 and at > self._now - 29 * DAY:
                self._timeline.add(at, lambda clock: rerate_park(self._session, self._park_id, clock=clock))
            if day.day == 1:
                at = datetime.combine(day, PUBLICATION, TIME_ZONE)
                self._timeline.add(at, lambda clock: publish_grades(self._session, self._park_id, clock=clock))
        self._timeline.add(self._now - DEPOSITS_SINCE, self._let_deposits_follow)
        for ago, known in RECORDS:
            self._import_records(firms, known, at=self._now - ago)
        self._expect_objections(firms)

    def _name_anchors(self, firms: Mapping[str, Firm], clock: Clock) -> None:
        """Large old firms that keep their word, named by one admin and confirmed by another."""
        good = [firm for firm in firms.values() if firm.plan.is_anchor]
        for firm in good[:ANCHORS]:
            for admin in self._admins:
                command = NameAnchor(enterprise=firm.public_id, reason="园区重点企业，实地核验过经营场所与设备")
                name_anchor(self._session, command, actor=admin, clock=clock)

    def _find_final(self, clock: Clock) -> None:
        for order_id in orders_become_final(self._session, now=clock()):
            write_evidence(self._session, order_id, clock=clock)

    def _let_deposits_follow(self, _clock: Clock) -> None:
        park = self._session.get_one(Park, self._park_id)
        park.settings = {**park.settings, "deposit_by_grade": DEPOSIT_BY_GRADE}
        self._session.flush()

    def _import_records(self, firms: Mapping[str, Firm], known: Sequence[KnownFact], *, at: datetime) -> None:
        """The officer takes in a file of public-credit records."""

        def take(clock: Clock) -> None:
            today = clock().astimezone(TIME_ZONE).date()
            out = StringIO()
            writer = csv.writer(out)
            writer.writerow(HEADINGS)
            for fact in known:
                uscc = self._session.get_one(Enterprise, firms[fact.firm].enterprise_id).uscc
                writer.writerow((uscc, *_cells(fact, today)))
            command = ImportRecords(filename=f"public-credit-{today:%Y%m%d}.csv", content=out.getvalue().encode())
            import_records(self._session, command, actor=self._officer, clock=clock)

        self._timeline.add(at, take)

    def _expect_objections(self, firms: Mapping[str, Firm]) -> None:
        """Two firms contest a fault of the last weeks: one objection is taken on, one waits in the officer's queue."""
        for number, (days, (reason, proof)) in enumerate(zip((6, 1), GROUNDS, strict=True)):
            at = self._now - days * DAY - timedelta(hours=3)
            self._timeline.add(at, self._objection(firms, reason, proof, takes_on=number == 0))

    def _objection(
        self, firms: Mapping[str, Firm], reason: str, proof: str, *, takes_on: bool
    ) -> Callable[[Clock], None]:
        def contest(clock: Clock) -> None:
            by_id = {firm.enterprise_id: firm for firm in firms.values()}
            faults = select(Evidence.public_id, Evidence.enterprise_id).where(
                Evidence.x < 500_000, Evidence.recorded_at > clock() - 25 * DAY
            )
            for public_id, firm_id in self._session.execute(faults.order_by(Evidence.id.desc()).limit(8)).all():
                command = FileObjection(evidence=public_id, reason=reason, proof=proof)
                with suppress(DomainError), self._timeline.trying():
                    filed = file_objection(self._session, command, actor=by_id[firm_id].operator, clock=clock)
                    if takes_on:
                        self._take_on(filed.public_id, clock)
                    return

        return contest

    def _take_on(self, objection: str, clock: Clock) -> None:
        command = Acknowledge(objection=objection, is_prima_facie=True)
        self._timeline.attempt(
            clock() + timedelta(hours=5),
            lambda later: acknowledge_objection(self._session, command, actor=self._officer, clock=later),
        )


def _cells(fact: KnownFact, today: date) -> tuple[str, ...]:
    """What follows the firm's code in a row of the file."""
    published = today - fact.published_days * DAY
    until = [(published + days * DAY).isoformat() if days else "" for days in (fact.least_days, fact.most_days)]
    number = f"（{published.year}）{fact.number}"
    return number, fact.authority, fact.word, published.isoformat(), *until, "否", fact.points
