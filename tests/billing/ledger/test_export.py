"""The journal adds up for a tool that is not ours."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.export import beancount
from billing.ledger.operations import reverse
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.money import Money
from tests.billing.ledger.book import CLOCK, Book, yuan
from tests.factories import create_user, firm_actor

SHANGHAI = ZoneInfo("Asia/Shanghai")


def journal(session):
    book = Book(session)
    paid = book.move(book.custody(), book.escrow(), Money(123_456, "CNY"))
    book.move(book.escrow(), AccountName(AccountKind.COMMISSION), yuan(3))
    book.move(AccountName(AccountKind.PLATFORM_BANK), book.custody(), yuan(3))
    book.move(book.custody(1), book.payable(1), Money(1_000, "JPY"))
    other = book.move(book.custody(1), book.payable(1), yuan(70))
    reverse(session, other.id, key="undo", memo='付错的"一笔"', actor=book.actor, clock=CLOCK)
    assert paid.id
    return "".join(beancount(session, actor=book.actor, zone=SHANGHAI))


def verdict(text, tmp_path):
    path = tmp_path / "ledger.beancount"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "beancount.scripts.check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_beancount_finds_the_journal_right(session, tmp_path):
    text = journal(session)
    assert "Assets:Custody:E" in text
    assert verdict(text, tmp_path) == (0, "")


def test_beancount_finds_a_fen_that_is_gone(session, tmp_path):
    code, said = verdict(journal(session).replace("1234.56 CNY", "1234.55 CNY", 1), tmp_path)
    assert code == 1
    assert "does not balance" in said


def test_journal_is_for_the_office(session):
    book = Book(session)
    stranger = firm_actor(create_user(session), book.park, book.firms[0], role=FirmRole.FINANCE)
    with pytest.raises(Forbidden):
        "".join(beancount(session, actor=stranger, zone=SHANGHAI))
