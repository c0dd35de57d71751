"""`scripts.services run` gives a command its servers and leaves nothing behind, whatever becomes of it."""

import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("mail service")  # whether it ends is seen only while nobody else uses it

RUN = [sys.executable, "-m", "scripts.services", "run", "mail", "--"]
SAY_AND_WAIT = "echo $GONGZAO_TEST_SMTP_URL; exec sleep 60"


def answers(url: str) -> bool:
    host, _, port = url.strip().removeprefix("smtp://").partition(":")
    try:
        smtplib.SMTP(host, int(port), timeout=5).quit()
    except OSError:
        return False
    return True


def test_exit_code_is_the_command_s_own():
    assert subprocess.run([*RUN, "sh", "-c", "exit 7"], check=False).returncode == 7


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_server_ends_with_a_run_that_is_broken_off(sent: signal.Signals, tmp_path: Path):
    command = [*RUN, "sh", "-c", SAY_AND_WAIT]
    own = os.environ | {"TMPDIR": str(tmp_path)}  # a server of its own: other tests may be using the shared one
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=own) as run:
        assert run.stdout
        url = run.stdout.readline()
        assert answers(url)
        if sent is signal.SIGINT:  # the terminal sends it to the whole group
            os.killpg(run.pid, sent)
        else:
            run.send_signal(sent)
        assert run.wait(timeout=30) != 0
    assert not answers(url)


def test_unknown_server_is_refused_with_the_names_there_are():
    command = [sys.executable, "-m", "scripts.services", "start", "oracle"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "postgresql, elasticsearch, mail, chromium" in done.stderr
