"""The product refuses to run as a database superuser, and the doctor says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.app.doctor import doctor
from marketplace.kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


STARTS = "from marketplace.app.server import application; print(application.test_client().get('/healthz').status_code)"


def started(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The application in a process of its own, as a WSGI server loads it: two in one process would share their clocks."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), "GONGZAO_DATA": str(tmp_path), **environment}
    command = [sys.executable, "-c", STARTS]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False, cwd=ROOT)


def test_product_refuses_a_superuser_and_names_the_role_to_use(cluster: str, tmp_path: Path):
    said = started(tmp_path, DATABASE_URL=cluster)
    assert said.returncode != 0
    assert "SettingsError" in said.stderr
    assert "gongzao_app" in said.stderr


def test_product_starts_while_the_database_is_down(tmp_path: Path):
    said = started(tmp_path, DATABASE_URL="postgresql://gongzao_app@127.0.0.1:1/gongzao")
    assert said.stdout.strip() == "200", said.stderr


def examined(monkeypatch: pytest.MonkeyPatch, **environment: str):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(doctor)


def test_doctor_finds_a_good_installation_well(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    monkeypatch.delenv("SMTP_URL", raising=False)
    owner, app = settings.owner_database_url, settings.database_url
    said = examined(monkeypatch, GONGZAO_DATA=str(tmp_path), DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert said.exit_code == 0, said.output
    assert "WRONG" not in said.output


def test_doctor_says_what_to_do_about_each_thing_that_is_wrong(
    cluster: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    said = examined(
        monkeypatch,
        GONGZAO_DATA=str(tmp_path),
        DATABASE_URL=cluster,
        DATABASE_OWNER_URL=cluster,
        ELASTICSEARCH_URL="http://127.0.0.1:1",
        SMTP_URL="smtp://127.0.0.1:1",
    )
    assert said.exit_code == 1
    wrong = [line.split()[1].rstrip(":") for line in said.output.splitlines() if line.startswith("WRONG")]
    assert {"database", "schema", "search", "mail"} <= set(wrong)
    assert said.output.count("→") == len(wrong)
    assert "Run the product as gongzao_app" in said.output
