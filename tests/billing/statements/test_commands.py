"""`gongzao billing reconcile` and `gongzao export ledger`, as the operator runs them."""

import json
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from billing.statements.operations import ImportStatement, import_statement
from marketplace.app import commands
from marketplace.app.billing_commands import billing, export
from marketplace.kernel.actor import OfficeRole
from tests.billing.ledger.book import CLOCK
from tests.billing.payments.desk import Desk
from tests.billing.statements.bank import signed
from tests.factories import create_officer, office_actor


@pytest.fixture
def desk(session, monkeypatch):
    monkeypatch.setattr(commands, "running_application", nullcontext)
    return Desk(session)


def bring(desk, rows):
    clerk = office_actor(create_officer(desk.session, desk.park, OfficeRole.FINANCE), desk.park, OfficeRole.FINANCE)
    command = ImportStatement(name="x.csv", body=signed(rows))
    import_statement(desk.session, command, actor=clerk, clock=CLOCK)


def test_reconcile_ends_with_nothing_when_bank_and_books_agree(desk):
    bring(desk, [(desk.ask().reference, 1300), ("手续费", -2)])
    done = CliRunner().invoke(billing, ["reconcile", "--json"])
    (row,) = json.loads(done.output)
    assert (done.exit_code, row["park"], row["difference"], row["waiting"]) == (0, desk.park.code, 0, 1)
    assert "unbooked -2.00" in CliRunner().invoke(billing, ["reconcile"]).output


def test_reconcile_ends_with_one_when_nothing_explains_a_difference(desk):
    desk.secured()
    bring(desk, [("?", 5)])
    assert CliRunner().invoke(billing, ["reconcile"]).exit_code == 1


def test_ledger_is_written_as_a_journal_of_one_park(desk):
    desk.secured()
    done = CliRunner().invoke(export, ["ledger", "--park", desk.park.code])
    assert done.exit_code == 0
    assert "Liabilities:Escrow" in done.output
    assert CliRunner().invoke(export, ["ledger", "--park", "nowhere"]).exit_code != 0
