"""The product refuses to run as a database superuser, and the doctor says what to do."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from marketplace.app.boot import SettingsError
from marketplace.app.doctor import doctor
from marketplace.app.factory import create_app
from marketplace.kernel.settings import Settings, driver_url


def test_product_refuses_a_superuser_and_names_the_role_to_use(cluster: str, settings: Settings):
    with pytest.raises(SettingsError, match="gongzao_app"):
        create_app(replace(settings, database_url=driver_url(cluster)))


def test_product_starts_while_the_database_is_down(settings: Settings):
    down = replace(settings, database_url="postgresql+psycopg://gongzao_app@127.0.0.1:1/gongzao")
    assert create_app(down).test_client().get("/healthz").status_code == 200


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
