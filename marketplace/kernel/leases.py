"""A server that several programs share is started by the first of them and stopped by the last.

Each program holds a shared file lock while it uses the server; the kernel drops the lock of a program that dies,
so a killed program never keeps a server alive for ever nor pulls it away from the others.
"""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


class Lease:
    """One program's share in a server; `folder` is the same for all who share it and exists already."""

    def __init__(self, folder: Path) -> None:
        self._gate = folder / "gate.lock"
        self._users = folder / "users.lock"
        self._holding: int | None = None
        self._holder = 0

    def take(self, start: Callable[[], None]) -> None:
        """Run `start`, which may find the server running already, and hold the server until `give_back`."""
        with self._alone():
            users = os.open(self._users, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                start()
            except BaseException:
                os.close(users)
                raise
            self._holding, self._holder = users, os.getpid()

    def give_back(self, stop: Callable[[], None]) -> None:
        """Run `stop` when nobody else holds the server; a second call, or one in a forked child, does nothing."""
        if self._holding is None or self._holder != os.getpid():
            return
        users, self._holding = self._holding, None
        with self._alone():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                stop()
            finally:
                fcntl.flock(users, fcntl.LOCK_UN)  # a forked child still has the same lock open
                os.close(users)

    @contextmanager
    def _alone(self) -> Generator[None]:
        gate = os.open(self._gate, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield
        finally:
            os.close(gate)
