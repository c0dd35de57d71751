"""Several test runs share one server: the first starts it, the last stops it, unless a developer keeps it running."""

from pathlib import Path
from typing import Protocol

from marketplace.kernel.leases import Lease
from scripts.services import chromium, elasticsearch, localstripe, mail, postgresql, stripe_mock
from scripts.services.state import state_folder


class Service(Protocol):
    """What each service's module offers; `exports` are the environment variables by which tests find it."""

    def install(self) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def running(self) -> bool: ...
    def exports(self) -> dict[str, str]: ...


SERVICES: dict[str, Service] = {
    "postgresql": postgresql,
    "elasticsearch": elasticsearch,
    "mail": mail,
    "chromium": chromium,
    "stripe-mock": stripe_mock,
    "localstripe": localstripe,
}


class LeasedService:
    """A share in one service: running from `take` to `give_back`. Raises ServiceMissingError or ClusterError at `take`."""

    def __init__(self, name: str) -> None:
        self._service = SERVICES[name]
        self._folder = state_folder(name)
        self._lease = Lease(self._folder)

    def take(self) -> dict[str, str]:
        """The variables to find it by."""
        self._lease.take(self._service.start)
        return self._service.exports()

    def give_back(self) -> None:
        self._lease.give_back(self._stop_unless_kept)

    def keep(self) -> None:
        """It stays after everybody has given it back, until `release`."""
        self.take()
        self._kept.touch()
        self.give_back()

    def release(self) -> None:
        """Stop it now, whoever uses it."""
        self._kept.unlink(missing_ok=True)
        self._service.stop()

    @property
    def _kept(self) -> Path:
        return self._folder / "kept"

    def _stop_unless_kept(self) -> None:
        if not self._kept.exists():
            self._service.stop()
