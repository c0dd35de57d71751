"""Chromium with Chinese fonts for the browser tests: no server, but it must be there and start."""

import os
import shutil
import subprocess
from pathlib import Path

from scripts.services import debian

NAME = "chromium"
FONT = "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def install() -> None:
    debian.need(lambda: _path() is not None, "chromium")
    debian.need(lambda: Path("/", FONT).exists(), "fonts-noto-cjk")


def start() -> None:
    install()
    subprocess.run([_path() or "chromium", "--version"], check=True, capture_output=True, timeout=60)


def stop() -> None:
    """Each test ends the browser that it started."""


def running() -> bool:
    return _path() is not None and Path("/", FONT).exists()


def exports() -> dict[str, str]:
    return {"GONGZAO_TEST_CHROMIUM": _path() or ""}


def _path() -> str | None:
    return os.environ.get("GONGZAO_TEST_CHROMIUM") or shutil.which("chromium")
