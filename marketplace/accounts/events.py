"""What has happened to firms and people, for whoever keeps something in step with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EnterpriseApplied:
    """The office has an application to look at."""

    membership_id: int


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """A firm was admitted, refused, suspended, restored or left; `status` is a `MembershipStatus`."""

    membership_id: int
    enterprise_id: int
    park_id: int
    status: str


@dataclass(frozen=True, slots=True)
class JoinRequested:
    """Somebody asks to join a firm."""

    member_id: int


@dataclass(frozen=True, slots=True)
class JoinDecided:
    """An owner or the office let somebody in, or did not."""

    member_id: int
