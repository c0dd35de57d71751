"""What both sides of a completed order say of each other, each without seeing the other's word."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from credit.reviews.operations import CRITERIA
from credit.scoring.events import Role
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.settlement.operations.reviewing import ReviewOrder, review_order

WRITTEN_SHARE = 0.4
SPREAD = 0.6
WORDS: dict[Role, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    Role.SUPPLIER: (
        ("设备状态好，师傅有经验，下次还来。", "准时交接，精度与页面一致。", ""),
        ("总体可以，交接前等了一会儿。", ""),
        ("迟到半天，沟通也慢。", "与页面写的不符，返工一次。"),
    ),
    Role.DEMANDER: (
        ("用完清理干净，按时归还。", "图纸清楚，沟通顺畅。", ""),
        ("归还稍晚，其他都好。", ""),
        ("台面没有清理，刀具缺了两把。", "临时改了两次时间。"),
    ),
}
"""Good, middling and bad."""


class Praise:
    """Adds reviews to the timeline."""

    def __init__(self, session: Session, timeline: Timeline, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._dice = dice

    def expect(self, order: str, demander: Firm, supplier: Firm, *, since: datetime) -> None:
        """Each side writes or does not, within some days after the end."""
        for author, about, role in ((demander, supplier, Role.SUPPLIER), (supplier, demander, Role.DEMANDER)):
            if self._dice.random() < WRITTEN_SHARE:
                self._write(self._review(order, about, role), author, since)

    def _review(self, order: str, about: Firm, role: Role) -> ReviewOrder:
        usual = about.plan.manner.stars
        stars = {name: min(5, max(1, round(self._dice.gauss(usual, SPREAD)))) for name in CRITERIA[role]}
        mean = sum(stars.values()) / len(stars)
        words = WORDS[role][0 if mean >= 4 else 1 if mean >= 3 else 2]
        return ReviewOrder(order=order, stars=stars, text=self._dice.choice(words))

    def _write(self, review: ReviewOrder, author: Firm, since: datetime) -> None:
        at = since + timedelta(hours=self._dice.uniform(1, 110))
        self._timeline.attempt(
            at, lambda clock: review_order(self._session, review, actor=author.operator, clock=clock)
        )
