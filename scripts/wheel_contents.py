"""Run with the Python into which the wheel was installed: everything that ships can be imported and found."""

import importlib
import pkgutil
import sys
from importlib.resources import files
from pathlib import Path

PACKAGES = ("marketplace", "search", "billing", "credit")
FOUND_BY_PATTERN = {
    "templates": "templates/**/*.html",
    "translations": "translations/**/*.po",
    "vendor files": "ui/static/vendor/*.js",
}


def main() -> None:
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    top = Path(str(files("marketplace")))
    if Path(sys.prefix) not in top.parents:
        sys.exit(f"marketplace was imported from {top}, not from the wheel")
    for what, pattern in FOUND_BY_PATTERN.items():
        found = len(list(top.rglob(pattern)))
        if not found:
            sys.exit(f"the wheel holds no {what} ({pattern})")
        print(f"{what}: {found}")
    if not list(top.parent.glob("migrations/versions/*.py")):
        sys.exit("the wheel holds no migrations")


main()
