"""Who acts: a plain value that operations and queries take, made by the edge from the signed-in person."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.kernel.errors import Forbidden


class FirmRole(StrEnum):
    """What a person may do for an enterprise."""

    OWNER = "owner"
    OPERATOR = "operator"
    FINANCE = "finance"


class OfficeRole(StrEnum):
    """What a person may do in the park office. The auditor reads everything and changes nothing."""

    ADMIN = "admin"
    CREDIT_OFFICER = "credit_officer"
    FINANCE = "finance"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person in one park, acting for one enterprise, for the park office, or for nobody yet.

    `user_id` is None for the system itself (timers, imports by command line).
    `enterprise_id` is the active enterprise; `admitted` tells whether the park lets it trade.
    """

    park_id: int
    user_id: int | None = None
    enterprise_id: int | None = None
    admitted: bool = False
    firm_role: FirmRole | None = None
    office_roles: frozenset[OfficeRole] = frozenset()
    name: str = ""
    locale: str = "zh_CN"
    request_id: str = ""

    @property
    def is_office(self) -> bool:
        return bool(self.office_roles)

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    def require_office(self, *roles: OfficeRole) -> None:
        """Raise `Forbidden` unless the actor holds one of the office roles (any office role when none is named)."""
        if self.is_system or (self.office_roles & set(roles) if roles else self.office_roles):
            return
        raise Forbidden("office_role_required", roles=[role.value for role in roles])

    def require_firm(self, *roles: FirmRole) -> int:
        """The active enterprise's id; raise `Forbidden` without one, or without one of the roles named.

        An owner may do whatever any other role of the firm may do.
        """
        if self.enterprise_id is None:
            raise Forbidden("enterprise_required")
        if roles and self.firm_role not in {*roles, FirmRole.OWNER} and not self.is_system:
            raise Forbidden("firm_role_required", roles=[role.value for role in roles])
        return self.enterprise_id

    def require_trading(self, *roles: FirmRole) -> int:
        """As `require_firm`, and the park must have admitted the enterprise."""
        enterprise_id = self.require_firm(*roles)
        if not self.admitted:
            raise Forbidden("enterprise_not_admitted")
        return enterprise_id


def system_actor(park_id: int, enterprise_id: int | None = None) -> Actor:
    """The actor of timers and command lines; audited as the system."""
    return Actor(
        park_id=park_id,
        enterprise_id=enterprise_id,
        admitted=enterprise_id is not None,
        firm_role=FirmRole.OWNER if enterprise_id is not None else None,
        name="system",
    )
