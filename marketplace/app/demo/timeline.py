"""Nine months in order: every act of the demo park's history happens at its own moment, by the product's operations."""

import heapq
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from marketplace.app.demo.tray import Tray
from marketplace.kernel.clock import Clock, fixed_clock
from marketplace.kernel.errors import DomainError

Step = Callable[[Clock], object]
"""One act. It may add later ones: whoever places an order adds its answer and its end."""


class Timeline:
    """Steps by their moment; of the same moment, the one added first."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tray = Tray()
        self._steps: list[tuple[datetime, int, Step]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, at: datetime, step: Step) -> None:
        heapq.heappush(self._steps, (at, next(self._numbers), step))

    @contextmanager
    def trying(self) -> Generator[None]:
        """An act that the product may refuse: then nothing of it stays, and nothing of what was read before it.

        A savepoint by hand; the session's own would cost as much as the act itself.
        """
        mark, connection = self.tray.mark(), self.session.connection()
        self.session.flush()
        connection.exec_driver_sql("SAVEPOINT act")
        try:
            yield
            self.session.flush()
        except DomainError:
            self.tray.forget(self.session)
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT act")
            connection.exec_driver_sql("RELEASE SAVEPOINT act")
            self.tray.rewind(mark)
            raise
        connection.exec_driver_sql("RELEASE SAVEPOINT act")

    def attempt(self, at: datetime, act: Callable[[Clock], object]) -> None:
        """An act that may be refused by then, as when the order was cancelled meanwhile: nothing comes of it."""

        def step(clock: Clock) -> None:
            with suppress(DomainError), self.trying():
                act(clock)

        self.add(at, step)

    def run(self, until: datetime, *, after_each: Callable[[datetime], None]) -> None:
        """Do everything up to a moment; what lies beyond it never happens."""
        while self._steps and self._steps[0][0] <= until:
            at, _, step = heapq.heappop(self._steps)
            step(fixed_clock(at))
            after_each(at)
