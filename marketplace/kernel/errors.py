"""The ways an operation refuses. `kernel.problems` turns each kind into one HTTP status."""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class DomainError(Exception):
    """A refusal that its reader can act on: `code` is stable, `facts` fill the translated sentence.

    `fields` names what to mend: field name -> codes of what is wrong with it.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, *, fields: Mapping[str, Sequence[str]] | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields: Mapping[str, Sequence[str]] = fields or {}
        self.facts: Mapping[str, object] = facts


class NotFound(DomainError):
    """Absent, or not visible to this actor: the two must look alike."""

    status = 404


class Forbidden(DomainError):
    """The actor may see it, but may not do this."""

    status = 403


class Invalid(DomainError):
    """The command itself makes no sense."""

    status = 422


class Conflict(DomainError):
    """The command made sense, but the world has moved on."""

    status = 409


class Unavailable(DomainError):
    """A part we depend on does not answer; the same request may work later."""

    status = 503
