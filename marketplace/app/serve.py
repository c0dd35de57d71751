"""The server of one machine: gunicorn with threads, and a worker for the jobs inside the same process."""

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from marketplace.app.lan import Certificate
from marketplace.app.worker import worker_beside
from marketplace.kernel.settings import Settings

THREADS = 8


class MachineServer(BaseApplication):
    """One worker process with threads; ends, worker and all, with Ctrl-C."""

    def __init__(
        self, make_app: Callable[[], Flask], settings: Settings, address: str, certificate: Certificate | None = None
    ) -> None:
        self._make_app = make_app
        self._certificate = certificate
        self._settings = settings
        self._address = address
        self._beside = ExitStack()
        super().__init__()

    def load_config(self) -> None:
        config: Any = self.cfg
        options: dict[str, Any] = {
            "bind": self._address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            "timeout": 120,
            "loglevel": "warning",
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        if self._certificate is not None:
            options |= {"certfile": str(self._certificate.certificate), "keyfile": str(self._certificate.key)}
        for name, value in options.items():
            config.set(name, value)

    def load(self) -> Any:
        return self._make_app()

    def _begin(self, _worker: object) -> None:
        self._beside.enter_context(worker_beside(self._settings))

    def _end(self, _arbiter: object, _worker: object) -> None:
        """The worker process leaves at once: an ordinary end would wait for threads of the search engine that loaded
        the park, which stayed behind in the process that forked this one.
        """
        self._beside.close()
        logging.shutdown()
        os._exit(0)
