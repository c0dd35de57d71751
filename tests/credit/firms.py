"""A park with firms that trade, for tests of what credit keeps."""

from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session

from credit.evidence.models import Evidence
from credit.evidence.operations import RecordEvidence, record_evidence
from credit.ratings.anchors import NameAnchor, name_anchor
from credit.ratings.operations import rerate_park
from credit.scoring.events import Role, State
from credit.scoring.model import shipped_model
from marketplace.kernel.actor import OfficeRole, system_actor
from marketplace.kernel.clock import Clock, fixed_clock
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_officer, create_park, firm_actor, office_actor

_numbers = count(1)


class CreditPark:
    """One firm, its neighbours (anchors), a small partner, and two officers."""

    def __init__(self, session: Session, *, anchors: int = 5) -> None:
        self.session = session
        self.park = create_park(session)
        self.firm = create_enterprise(session, self.park)
        self.owner = create_member(session, self.firm)
        self.actor = firm_actor(self.owner, self.park, self.firm)
        self.other = create_enterprise(session, self.park)
        self.other_user = create_member(session, self.other)
        self.other_actor = firm_actor(self.other_user, self.park, self.other)
        self.admins = [create_officer(session, self.park, OfficeRole.ADMIN) for _ in range(2)]
        self.officers = [office_actor(user, self.park) for user in self.admins]
        self.anchors = [create_enterprise(session, self.park) for _ in range(anchors)]
        for anchor in self.anchors:
            for officer in self.officers:
                command = NameAnchor(enterprise=anchor.public_id, reason="园区龙头企业")
                name_anchor(session, command, actor=officer, clock=self.clock())
        self.system = system_actor(self.park.id)

    def clock(self, *, days: float = 0) -> Clock:
        return fixed_clock(NOW + timedelta(days=days))

    def record(self, *, by=None, **facts) -> Evidence:
        """A good handover with the first anchor, final, told by the order machine, unless said otherwise."""
        given = {
            "enterprise_id": self.firm.id,
            "role": Role.SUPPLIER,
            "dimension": "handover",
            "kind": "handed_over",
            "x": 1_000_000,
            "occurred_at": NOW - timedelta(days=10),
            "subject_ref": f"order:{next(_numbers)}",
            "counterparty_id": self.anchors[0].id if self.anchors else self.other.id,
            "amount": 1_000_000,
            "state": State.FINAL,
        }
        command = RecordEvidence(**(given | facts))
        return record_evidence(self.session, command, actor=by or self.system, clock=self.clock())

    def history(self, *, orders: int = 5, ago: int = 200) -> None:
        """Good orders with different anchors, a month apart, in every dimension of a supplier."""
        for n in range(orders):
            for name in shipped_model().roles["supplier"]:
                self.record(
                    dimension=name,
                    kind=f"{name}_good",
                    subject_ref=f"order:h{n}",
                    counterparty_id=self.anchors[n % len(self.anchors)].id,
                    occurred_at=NOW - timedelta(days=ago - n * 31),
                )

    def fault(self, **facts) -> Evidence:
        return self.record(**({"x": 0, "kind": "late", "severity": "general"} | facts))

    def rate(self, *, days: float = 0):
        """The firm's rating as a supplier after a full rating of the park."""
        found = rerate_park(self.session, self.park.id, clock=self.clock(days=days))
        return next((row for row in found if row.party == str(self.firm.id) and row.role == "supplier"), None)
