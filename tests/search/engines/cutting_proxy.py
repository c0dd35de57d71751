"""A TCP relay before a server that cuts the line at a chosen request, before or after the server has seen it."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from urllib.parse import urlsplit

_TIME_TO_ACT_SECONDS = 0.3


class CuttingProxy:
    """Relays to `target`. The request numbered `cut_at` (from 1) is lost; `delivered` says whether the server got it."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 9200)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = Lock()
        self._seen = 0
        self._cut_at = 0
        self._delivered = False
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self, *, at: int, delivered: bool) -> None:
        """Count requests from now on and lose the one numbered `at`."""
        with self._lock:
            self._seen, self._cut_at, self._delivered = 0, at, delivered

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = Thread(target=_relay, args=(server, client), daemon=True)
            back.start()
            with suppress(OSError):
                while data := client.recv(1 << 16):
                    if self._is_lost(data):
                        if self._delivered:
                            _deliver(client, server, data)
                        break
                    server.sendall(data)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(timeout=5)

    def _is_lost(self, data: bytes) -> bool:
        if b" HTTP/1.1\r\n" not in data:
            return False
        with self._lock:
            self._seen += 1
            return self._seen == self._cut_at


def _deliver(client: socket.socket, server: socket.socket, data: bytes) -> None:
    """Close the client's side first, then let the server have the request and act on it."""
    client.settimeout(0.05)
    with suppress(OSError):
        while more := client.recv(1 << 16):
            data += more
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    server.sendall(data)
    time.sleep(_TIME_TO_ACT_SECONDS)


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)


@contextmanager
def cutting_proxy(target: str) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
