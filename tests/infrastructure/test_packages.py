"""Every list of packages names the same ones, and tests import the product, not a folder of tests of the same name."""

import importlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "search", "billing", "credit")
SETTINGS: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


@pytest.mark.parametrize("name", [*PACKAGES, "wsgi"])
def test_package_is_imported_from_the_top_of_the_checkout(name: str):
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin) in {CHECKOUT / name / "__init__.py", CHECKOUT / f"{name}.py"}


def test_every_top_package_is_in_every_list():
    shipped = {*PACKAGES, "wsgi.py"}
    assert set(SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]) == {*shipped, "migrations"}
    assert set(SETTINGS["tool"]["pyright"]["include"]) == shipped
    assert set(SETTINGS["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)


def test_no_package_is_forgotten():
    others = {"tests", "bench", "scripts"}
    found = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")}
    assert found - others == set(PACKAGES)


def test_import_linter_knows_every_package_of_the_marketplace():
    contracts = SETTINGS["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    assert layers["containers"] == ["marketplace"]
    assert layers["exhaustive"] is True


@pytest.mark.parametrize("package", PACKAGES)
def test_init_files_hold_a_docstring_and_nothing_else(package: str):
    for init in (CHECKOUT / package).rglob("__init__.py"):
        code = init.read_text().strip()
        assert not code or (code.startswith('"""') and code.endswith('"""') and code.count('"""') == 2), init


def test_every_folder_of_tests_is_a_package():
    for test in (CHECKOUT / "tests").rglob("test_*.py"):
        assert (test.parent / "__init__.py").exists(), f"{test.parent} would shadow a package of the product"
