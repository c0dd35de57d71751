"""`python -m scripts.services start|stop|status|env|run|install [NAME …]`: real servers for tests and developers.

`start` keeps them until `stop`; `run NAME … -- COMMAND` starts what is not running, gives the command the variables to
find it by, and stops what it started whatever happens. Without names: all.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

from marketplace.kernel.clusters import ClusterError
from scripts.services.leasing import SERVICES, LeasedService
from scripts.services.state import ServiceMissingError


def main(arguments: list[str]) -> int:
    verb, *rest = arguments or ["help"]
    names, command = _split(rest)
    unknown = [name for name in names if name not in SERVICES]
    if verb not in VERBS or unknown:
        print(f"{__doc__}\nNames: {', '.join(SERVICES)}", file=sys.stderr)
        return 2
    return VERBS[verb](names or list(SERVICES), command)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _each(names: list[str], act: str) -> int:
    """Try all, name those that fail; the exit code is theirs."""
    failed = 0
    for name in names:
        try:
            SERVICES[name].install() if act == "install" else LeasedService(name).keep()
        except (ServiceMissingError, ClusterError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
        else:
            print(f"{name}: {'installed' if act == 'install' else 'running'}")
    return failed


def _install(names: list[str], _command: list[str]) -> int:
    return _each(names, "install")


def _start(names: list[str], _command: list[str]) -> int:
    return _each(names, "start")


def _stop(names: list[str], _command: list[str]) -> int:
    for name in names:
        LeasedService(name).release()
    return 0


def _status(names: list[str], _command: list[str]) -> int:
    states = {name: SERVICES[name].running() for name in names}
    for name, running in states.items():
        found = " ".join(f"{key}={value}" for key, value in SERVICES[name].exports().items()) if running else ""
        print(f"{name:14} {'running' if running else 'stopped':8} {found}")
    return 0 if all(states.values()) else 1


def _env(names: list[str], _command: list[str]) -> int:
    for name in names:
        if SERVICES[name].running():
            for key, value in SERVICES[name].exports().items():
                print(f"export {key}='{value}'")
    return 0


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


def _run(names: list[str], command: list[str]) -> int:
    """A server that this machine cannot provide is named and left out: the tests skip, or fail when CI is set."""
    environment = dict(os.environ)
    signal.signal(signal.SIGTERM, _end)
    with ExitStack() as stack:
        for name in names:
            leased = LeasedService(name)
            try:
                environment |= leased.take()
            except (ServiceMissingError, ClusterError) as error:
                print(f"{name}: {error}", file=sys.stderr)
            else:
                stack.callback(leased.give_back)
        return _beside(command, environment)
    return 1


def _beside(command: list[str], environment: dict[str, str]) -> int:
    """Ctrl-C reaches the command from the terminal, and it is given the time to put its own things away."""
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    child = subprocess.Popen(command, env=environment)
    try:
        return child.wait()
    finally:
        child.terminate()
        child.wait()


VERBS = {"install": _install, "start": _start, "stop": _stop, "status": _status, "env": _env, "run": _run}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
