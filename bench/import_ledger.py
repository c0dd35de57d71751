"""How long 10,000 rows take from file to drafts: the dry run and the commit, each as a worker does them.

`python -m scripts.services run postgresql -- python -m bench.import_ledger [ROWS]` makes a database of its own beside
the one of the tests and drops it at the end. Budget: 60 s together.
"""

import io
import os
import secrets
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import xlsxwriter
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.app.factory import create_app
from marketplace.app.migrating import upgrade
from marketplace.app.requests import configure_logs
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import system_clock
from marketplace.kernel.embedded import prepare_cluster
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db
from marketplace.listings.imports import jobs
from marketplace.listings.imports.operations import CommitImport, StartImport, commit_import, start_import
from tests.factories import create_enterprise, create_member, create_park, create_zone, firm_actor

DATABASE = "gongzao_bench_import"
BUDGET_SECONDS = 60
HEADER = [
    "资产编号",
    "设备名称",
    "规格型号",
    "生产厂家",
    "行程X(mm)",
    "行程Y(mm)",
    "主轴转速",
    "购置日期",
    "使用状态",
    "存放地点",
    "对外价格",
]
NAMES = ("立式加工中心", "数控车床", "平面磨床", "五轴加工中心")


def ledger(rows: int) -> bytes:
    """A clean XLSX ledger in which no two machines are alike."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADER)
        for row in range(1, rows + 1):
            words = [f"JX-{row:05d}", NAMES[row % 4], f"M{row % 977}", "海铭", 500 + row % 700, 400 + row % 300]
            words += [8000 + row % 4000, "2019-03", "在用", f"北一区{row % 9}号楼", f"{100 + row % 50}元/小时"]
            sheet.write_row(row, 0, words)
    return buffer.getvalue()


def supplier(session: Session) -> Actor:
    park = create_park(session)
    create_zone(session, park)
    enterprise = create_enterprise(session, park)
    return firm_actor(create_member(session, enterprise), park, enterprise)


def measure(app: Flask, rows: int) -> None:
    content = ledger(rows)
    with app.app_context():
        session = db.session()
        actor = supplier(session)
        command = StartImport(filename="台账.xlsx", content=content)
        run = start_import(session, command, actor=actor, clock=system_clock)
        session.commit()
        started = time.perf_counter()
        jobs.read_ledger_job(session, clock=system_clock, run_id=run.id)
        session.commit()
        read = time.perf_counter()
        commit_import(session, CommitImport(run=run.public_id), actor=actor, clock=system_clock)
        session.commit()
        jobs.write_import_job(session, clock=system_clock, run_id=run.id)
        session.commit()
        written = time.perf_counter()
        session.refresh(run)
        print(f"rows {rows}  created {run.counts['created']}")
        print(f"dry run {read - started:6.1f} s   commit {written - read:6.1f} s   budget {BUDGET_SECONDS} s")
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    configure_logs(level=40)
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    admin = os.environ["GONGZAO_TEST_DATABASE_ADMIN_URL"]
    urls = prepare_cluster(admin, DATABASE)
    try:
        upgrade(urls.owner)
        with TemporaryDirectory() as folder:
            settings = Settings(
                database_url=urls.app,
                owner_database_url=urls.owner,
                secret_key=secrets.token_hex(),
                data_folder=Path(folder),
            )
            measure(create_app(settings), rows)
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()
