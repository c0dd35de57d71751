"""The people of the demo park's office. Two admins and two clerks, because some things take two persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Department, OfficeMember
from marketplace.app.demo.firms import Registry
from marketplace.kernel.actor import Actor, OfficeRole


@dataclass(frozen=True, slots=True)
class OfficerPlan:
    """One officer; without a label the sign-in page does not offer the account."""

    account: str
    role: OfficeRole
    department: str
    name: str
    zh: str = ""
    en: str = ""


OFFICERS = (
    OfficerPlan("admin", OfficeRole.ADMIN, "services", "孙敏", "园区管理员", "Park admin"),
    OfficerPlan("credit_officer", OfficeRole.CREDIT_OFFICER, "credit", "钱立", "信用专员", "Credit officer"),
    OfficerPlan("finance", OfficeRole.FINANCE, "finance", "周静", "园区财务", "Office finance"),
    OfficerPlan("finance2", OfficeRole.FINANCE, "finance", "何琳", "园区财务复核", "Office finance, the second person"),
    OfficerPlan("auditor", OfficeRole.AUDITOR, "credit", "吴正", "审计（只读）", "Auditor (reads only)"),
    OfficerPlan("admin2", OfficeRole.ADMIN, "services", "沈悦"),
)


def staff_office(session: Session, registry: Registry, park_id: int, *, at: datetime) -> dict[str, Actor]:
    """Everybody of the office, by account."""
    found: dict[str, Actor] = {}
    for plan in OFFICERS:
        user = registry.person(f"{plan.account}@yunxi.example", plan.name, at=at)
        department_id = session.scalar(select(Department.id).where(Department.code == plan.department))
        roles = [plan.role.value]
        session.add(OfficeMember(user_id=user.id, park_id=park_id, roles=roles, department_id=department_id))
        found[plan.account] = Actor(
            park_id=park_id, user_id=user.id, office_roles=frozenset({plan.role}), name=plan.name
        )
    session.flush()
    return found


def clerks_of(officers: dict[str, Actor]) -> Sequence[Actor]:
    return officers["finance"], officers["finance2"]
