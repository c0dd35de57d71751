"""What has happened to evidence, for whoever keeps something in step with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceChanged:
    """Evidence was recorded or moved to another state (`credit.scoring.events.State`)."""

    evidence_id: int
    park_id: int
    enterprise_id: int
    state: str
