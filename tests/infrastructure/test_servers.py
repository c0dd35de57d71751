"""The fixtures hand out real servers, and every worker a database of its own."""

import smtplib
import subprocess
from email.message import EmailMessage
from pathlib import Path

import psycopg
from elasticsearch import Elasticsearch

from marketplace.kernel.embedded import DatabaseUrls
from tests.servers import SmtpSink, Template, database_from


def libpq(url: str) -> str:
    return url.replace("+psycopg", "")


def test_the_cluster_is_recent_enough_and_runs_on_utc(cluster: str):
    with psycopg.connect(cluster) as connection:
        assert connection.info.server_version >= 150_000
        assert connection.execute("show timezone").fetchone() == ("UTC",)


def test_the_database_belongs_to_the_owner_and_is_open_to_the_app(database_urls: DatabaseUrls):
    with psycopg.connect(libpq(database_urls.owner)) as connection:
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        assert connection.execute(owner).fetchone() == ("gongzao_owner",)
    with psycopg.connect(libpq(database_urls.app)) as connection:
        assert connection.execute("select current_user").fetchone() == ("gongzao_app",)


def test_a_template_is_filled_once_and_its_copies_are_apart(cluster: str):
    filled: list[str] = []

    def fill(urls: DatabaseUrls) -> None:
        filled.append(urls.owner)
        with psycopg.connect(libpq(urls.owner)) as connection:
            connection.execute("create table machine (name text)")

    template = Template(key=f"test {id(filled)}", fill=fill)
    with database_from(template, cluster) as first, database_from(template, cluster) as second:
        with psycopg.connect(libpq(first.app)) as connection:
            connection.execute("insert into machine values ('DMU 50')")
        with psycopg.connect(libpq(second.app)) as connection:
            assert connection.execute("select count(*) from machine").fetchone() == (0,)
    assert len(filled) == 1


def test_elasticsearch_is_healthy(elasticsearch_url: str):
    with Elasticsearch(elasticsearch_url) as client:
        assert client.cluster.health()["status"] in {"green", "yellow"}


def test_mail_is_kept_with_its_chinese_words(smtp_sink: SmtpSink):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "park@example.com", "firm@example.com", "预约已确认"
    message.set_content("您的五轴加工中心已预约。")
    host, _, port = smtp_sink.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.send_message(message)
    assert [kept["Subject"] for kept in smtp_sink.messages] == ["预约已确认"]


def test_chromium_starts(chromium_path: Path):
    said = subprocess.run([chromium_path, "--version"], capture_output=True, text=True, check=True).stdout
    assert "Chromium" in said
