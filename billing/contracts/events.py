"""What has happened to contracts, bills and periods."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeriodBilled:
    """`amount` in minor units of `currency`; due at the end of the ISO date `due_on`."""

    contract: str
    subject_ref: str
    number: int
    bill: str
    amount: int
    currency: str
    due_on: str


@dataclass(frozen=True, slots=True)
class ContractBilled:
    """A bill beside the periods: a late fee, a buy-out, unused days given back."""

    contract: str
    subject_ref: str
    bill: str


@dataclass(frozen=True, slots=True)
class PeriodSettled:
    contract: str
    subject_ref: str
    number: int


@dataclass(frozen=True, slots=True)
class ContractSuspended:
    contract: str
    subject_ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContractResumed:
    contract: str
    subject_ref: str


@dataclass(frozen=True, slots=True)
class ContractEnded:
    """`status`: completed, terminated or bought_out."""

    contract: str
    subject_ref: str
    status: str
