"""A line to a server that can be cut, refused, hung, or broken just before an answer comes back."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum


class Line(StrEnum):
    """How the line behaves: `whole` passes bytes, `refused` closes at once, `hung` takes bytes and answers none."""

    WHOLE = "whole"
    REFUSED = "refused"
    HUNG = "hung"


class FaultProxy:
    """Listens on a free loopback port and passes bytes to `target`; `lose_answer_to` cuts one answer off."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lose: Callable[[bytes], bool] | None = None
        self.state = Line.WHOLE
        self.answer_lost = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def lose_answer_to(self, is_it: Callable[[bytes], bool]) -> None:
        """Deliver the next message for which `is_it` holds, wait for its answer, and cut the line instead of passing it."""
        self.answer_lost.clear()
        self._lose = is_it

    def turn(self, state: Line) -> None:
        """From now on behave so; lines that stand are cut, unless they are to hang."""
        self.state = state
        if state is Line.REFUSED:
            self.cut()

    def cut(self) -> None:
        """Break every standing line."""
        for pair in self._pairs:
            for end in pair:
                _end(end)
        self._pairs.clear()

    def close(self) -> None:
        self.state = Line.REFUSED
        _end(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.state is Line.REFUSED:
                _end(near)
                continue
            far = socket.create_connection(self._target)
            self._pairs.append((near, far))
            lost = threading.Event()
            threading.Thread(target=self._pass, args=(near, far, lost), daemon=True).start()
            threading.Thread(target=self._return, args=(far, near, lost), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        for message in _read(near):
            if self.state is Line.HUNG:
                continue
            if self._lose is not None and self._lose(message):
                self._lose = None
                lost.set()
            if not _send(far, message):
                break
        _end(far)

    def _return(self, far: socket.socket, near: socket.socket, lost: threading.Event) -> None:
        for answer in _read(far):
            if lost.is_set():
                self.answer_lost.set()
                break
            if self.state is not Line.HUNG and not _send(near, answer):
                break
        _end(near)
        _end(far)


def _read(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            received = end.recv(65536)
        except OSError:
            return
        if not received:
            return
        yield received


def _send(end: socket.socket, message: bytes) -> bool:
    try:
        end.sendall(message)
    except OSError:
        return False
    return True


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
