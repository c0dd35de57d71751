"""One run of an import, from the uploaded file to the annotated one, and the mappings that are remembered."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict


class RunState(StrEnum):
    """uploaded → previewed → committing → done; or needs_mapping, refused, failed on the way."""

    UPLOADED = "uploaded"
    NEEDS_MAPPING = "needs_mapping"
    PREVIEWED = "previewed"
    COMMITTING = "committing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


WAITING = frozenset({RunState.UPLOADED, RunState.COMMITTING})
"""States in which a worker has the run in hand."""


class ImportRun(Keyed, Record):
    """A ledger as uploaded and what became of it. It can be left and come back to; nothing is stored before `done`.

    `outcome` is what the reader made of the file, `plan` what a commit would do now, `counts` what it did.
    `progress_done` of `progress_total` rows tell how far the worker is.
    """

    __tablename__ = "listings_import_run"
    __table_args__ = (Index("ix_listings_import_run_enterprise_id", "enterprise_id", "id"),)

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    """When a worker last told of progress; a run left in hand too long is taken up again."""
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.UPLOADED)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was refused or failed, as a stable code."""
    mapping: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None)
    options: Mapped[JSON] = mapped_column(default_factory=dict)
    outcome: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None, deferred=True)
    plan: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None, deferred=True)
    counts: Mapped[JSON] = mapped_column(default_factory=dict)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    annotated: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)
    annotated_name: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, state: RunState, *, reason: str = "") -> None:
        """Raises `Conflict` `import_transition` for a step the run cannot take now."""
        match (self.state, state):
            case (
                (RunState.UPLOADED, RunState.NEEDS_MAPPING | RunState.PREVIEWED | RunState.REFUSED | RunState.FAILED)
                | (RunState.NEEDS_MAPPING | RunState.PREVIEWED | RunState.FAILED, RunState.UPLOADED)
                | (RunState.PREVIEWED | RunState.FAILED, RunState.COMMITTING)
                | (RunState.COMMITTING, RunState.DONE | RunState.PREVIEWED | RunState.FAILED)
            ):
                self.state, self.reason = state, reason
            case _:
                raise Conflict("import_transition", before=self.state.value, after=state.value)


class RememberedMapping(Record):
    """How an enterprise read a ledger with these headers last time."""

    __tablename__ = "listings_remembered_mapping"
    __table_args__ = (UniqueConstraint("enterprise_id", "header_key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    header_key: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[JSON]
    updated_at: Mapped[datetime]
