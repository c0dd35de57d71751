"""Serving the local network: this machine's address there, and a self-made certificate for it."""

import ipaddress
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from marketplace.kernel.settings import SettingsError

VALID_DAYS = 397
"""Browsers refuse a certificate that is valid for longer."""
A_WEEK_SECONDS = 7 * 24 * 3600
OUTSIDE = ("192.0.2.1", 9)
"""An address of the documentation range: nothing is sent there, the route to it names our own interface."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two PEM files."""

    certificate: Path
    key: Path


def lan_address() -> str:
    """The address under which other machines reach this one; the loopback address where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(OUTSIDE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def self_made_certificate(folder: Path, host: str) -> Certificate:
    """The certificate for `host`, kept in `folder` and made anew a week before it ends.

    Raises `SettingsError`, with what to do, without the program openssl.
    """
    made = Certificate(folder / f"{host}.crt", folder / f"{host}.key")
    openssl = shutil.which("openssl")
    if openssl is None:
        raise SettingsError("A certificate for the local network needs the program openssl: apt-get install openssl")
    if made.key.exists() and _is_valid(openssl, made.certificate):
        return made
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    command += ["-days", str(VALID_DAYS), "-subj", f"/O=Gongzao demo/CN={host}"]
    command += ["-addext", f"subjectAltName={_name_of(host)},DNS:localhost,IP:127.0.0.1"]
    command += ["-addext", "extendedKeyUsage=serverAuth", "-keyout", str(made.key), "-out", str(made.certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SettingsError(f"openssl made no certificate for {host}: {done.stderr.strip()}")
    made.key.chmod(0o600)
    return made


def _is_valid(openssl: str, certificate: Path) -> bool:
    command = [openssl, "x509", "-checkend", str(A_WEEK_SECONDS), "-noout", "-in", str(certificate)]
    return certificate.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _name_of(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return f"DNS:{host}"
    return f"IP:{host}"
