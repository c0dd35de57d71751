"""What has happened to imports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerImported:
    """A run is done: so many listings were made and changed, so many machines withdrawn."""

    run_id: int
    created: int
    updated: int
    withdrawn: int
