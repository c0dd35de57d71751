"""What the acts of the history leave behind: jobs for their moment, and rows that no act reads back.

Rows of the audit trail and of events go to the database many at a time; that is most of what makes loading quick.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, event, insert
from sqlalchemy.orm import Session

from marketplace.kernel.audit import AuditRow
from marketplace.kernel.events import EventRow
from marketplace.kernel.jobs import KeptJob

ROWS_AT_ONCE = 1000
KINDS = (AuditRow, EventRow)

Mark = tuple[int, int]


@dataclass(slots=True)
class Tray:
    """Filled by the acts, emptied by whoever runs the history; an act that came to nothing takes its things back."""

    jobs: list[KeptJob] = field(default_factory=list[KeptJob])
    rows: list[AuditRow | EventRow] = field(default_factory=list[AuditRow | EventRow])
    seen: list[object] = field(default_factory=list[object])
    """What the session has read or written: held here, so that it need not be read again from act to act."""

    def mark(self) -> Mark:
        return len(self.jobs), len(self.rows)

    def rewind(self, mark: Mark) -> None:
        del self.jobs[mark[0] :]
        del self.rows[mark[1] :]

    def take_rows(self, session: Session, *_: Any) -> None:
        """Before each flush: rows that nobody reads back do not go to the database one by one."""
        for row in session.new:
            if isinstance(row, AuditRow | EventRow):
                session.expunge(row)
                self.rows.append(row)

    def write_rows(self, session: Session, *, at_least: int = 1) -> None:
        """Write the rows kept so far, if they are many enough; never inside an act that may be refused."""
        if len(self.rows) < at_least:
            return
        for kind in KINDS:
            table = cast("Table", kind.__table__)
            names = [column.key for column in table.columns if column.key != "id"]
            values = [{name: getattr(row, name) for name in names} for row in self.rows if type(row) is kind]
            if values:
                session.connection().execute(insert(table), values)
        self.rows.clear()

    def hold(self, _session: Session, instance: object) -> None:
        self.seen.append(instance)

    def forget(self, session: Session) -> None:
        """The session begins anew; what it had not yet written is lost."""
        session.expunge_all()
        self.seen.clear()

    def attach(self, session: Session) -> None:
        for name, listener in self._listeners():
            event.listen(session, name, listener)

    def detach(self, session: Session) -> None:
        for name, listener in self._listeners():
            event.remove(session, name, listener)

    def _listeners(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("before_flush", self.take_rows),
            ("loaded_as_persistent", self.hold),
            ("pending_to_persistent", self.hold),
        )
