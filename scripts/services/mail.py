"""A mail server that keeps every message in a maildir and delivers nothing."""

import os
import shutil
import smtplib
import sys

from scripts.services.state import end, free_port, running_pid, spawn, state_folder, wait_until

NAME = "mail"


def install() -> None:
    """It comes with the development environment."""


def start() -> None:
    if running():
        return
    stop()
    folder, port = state_folder(NAME), free_port()
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}"]
    command += ["--class", "aiosmtpd.handlers.Mailbox", str(folder / "messages")]
    spawn(command, folder=folder, environment=os.environ, as_system_user=False)
    (folder / "port").write_text(str(port))
    wait_until(running, seconds=15, what="the mail server")


def stop() -> None:
    folder = state_folder(NAME)
    end(folder)
    shutil.rmtree(folder / "messages", ignore_errors=True)
    (folder / "port").unlink(missing_ok=True)


def running() -> bool:
    folder = state_folder(NAME)
    if running_pid(folder) is None or not (folder / "port").exists():
        return False
    try:
        smtplib.SMTP("127.0.0.1", int((folder / "port").read_text()), timeout=5).quit()
    except OSError:
        return False
    return True


def exports() -> dict[str, str]:
    folder = state_folder(NAME)
    return {
        "GONGZAO_TEST_SMTP_URL": f"smtp://127.0.0.1:{(folder / 'port').read_text()}",
        "GONGZAO_TEST_MAILDIR": str(folder / "messages"),
    }
