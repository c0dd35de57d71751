"""What has happened to objections and repairs, for whoever tells the firms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectionMoved:
    """An objection was filed, acknowledged, answered, decided, appealed or escalated; `step` says which."""

    objection_id: int
    step: str


@dataclass(frozen=True, slots=True)
class RepairDecided:
    """The office granted or refused a repair."""

    repair_id: int
    status: str
