"""The demo as a person starts it: on the embedded server, for this machine or the network, ended by Ctrl-C."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.app.lan import lan_address, self_made_certificate

PATIENCE_SECONDS = 300


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from marketplace.app.commands import main; main()", *words]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "GONGZAO_"))}
    return {**kept, "GONGZAO_DATA": str(folder), **more}


@pytest.fixture(scope="module")
def loaded() -> Iterator[Path]:
    """A data folder with a small demo park; nothing runs."""
    with tempfile.TemporaryDirectory(prefix="gz") as folder:
        Path(folder).chmod(0o755)
        done = subprocess.run(
            command("demo", "load", "--small"),
            env=environment(Path(folder)),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield Path(folder)


class Served:
    """`gongzao demo serve` in a process group of its own, as a terminal has it."""

    def __init__(self, folder: Path, *options: str, **more: str) -> None:
        self.port = free_port()
        words = command("demo", "serve", "--port", str(self.port), *options)
        self.running = subprocess.Popen(
            words, env=environment(folder, **more), stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def answer(self, scheme: str = "http") -> str:
        """The home page, as soon as there is one."""
        unchecked = ssl.create_default_context()
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                address = f"{scheme}://127.0.0.1:{self.port}/healthz"
                with urllib.request.urlopen(address, timeout=5, context=unchecked) as response:  # noqa: S310 - our own
                    return str(response.read().decode())
            except OSError:
                assert self.running.poll() is None
                assert time.monotonic() < until
                time.sleep(0.2)

    def interrupt(self) -> str:
        """Ctrl-C: the signal goes to the whole foreground group. Returns what was printed."""
        os.killpg(self.running.pid, signal.SIGINT)
        said, _ = self.running.communicate(timeout=60)
        return said


def processes_on(folder: Path) -> list[str]:
    """Command lines that name the folder."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def test_demo_names_address_and_sign_ins_and_ctrl_c_leaves_no_process(loaded: Path):
    served = Served(loaded)
    assert "ok" in served.answer()
    said = served.interrupt()
    assert f"http://127.0.0.1:{served.port}" in said
    assert said.count("@") == 9
    assert processes_on(loaded) == []


def test_network_is_served_with_tls_under_its_public_address(loaded: Path):
    served = Served(loaded, "--lan", PUBLIC_URL="https://park.example:8443")
    assert "ok" in served.answer("https")
    assert "https://park.example:8443" in served.interrupt()
    assert (loaded / "tls" / "park.example.crt").exists()


def test_port_in_use_is_told_with_a_remedy(loaded: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = command("demo", "serve", "--port", str(taken.getsockname()[1]))
        done = subprocess.run(words, env=environment(loaded), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make demo PORT=" in done.stderr


def test_certificate_names_its_host_is_kept_and_its_key_is_ours_alone(tmp_path: Path):
    address = lan_address()
    made = self_made_certificate(tmp_path / "tls", address)
    first = made.certificate.read_bytes()
    assert made.key.stat().st_mode & 0o077 == 0
    assert self_made_certificate(tmp_path / "tls", address).certificate.read_bytes() == first
    trusting = ssl.create_default_context(cafile=str(made.certificate))
    (known,) = trusting.get_ca_certs()
    assert ("IP Address", address) in known["subjectAltName"]
