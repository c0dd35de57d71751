"""The clerk's pages: statements looked at and imported, lines matched by hand, the queue, the books."""

import base64
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from billing.payments.models import RequestStatus
from billing.statements.models import LineStatus, Statement, StatementLine
from marketplace.kernel.actor import FirmRole, OfficeRole
from tests.billing.payments.desk import Desk
from tests.billing.statements.bank import signed, two_columns
from tests.factories import create_member, create_officer

BOARD = "/office/money/"


@pytest.fixture
def desk(session):
    return Desk(session)


@pytest.fixture
def officer(browser_of):
    def sign_in(desk, *roles):
        user = create_officer(desk.session, desk.park, *(roles or (OfficeRole.FINANCE,)))
        return browser_of(desk.session, user, park_id=desk.park.id)

    return sign_in


@pytest.fixture
def clerk(desk, officer):
    return officer(desk)


def look(browser, body, name="明细.csv"):
    return browser.post(f"{BOARD}preview", data={"file": (io.BytesIO(body), name)})


def hidden(page, name):
    return page.text.split(f'name="{name}" value="')[1].split('"')[0]


def bring(browser, body):
    page = look(browser, body)
    given = {name: hidden(page, name) for name in ("name", "parcel", "idempotency_key")}
    return browser.post(f"{BOARD}statements", data=given)


def lines(desk):
    desk.session.expire_all()
    return desk.session.scalars(select(StatementLine).order_by(StatementLine.id)).all()


def test_preview_says_what_each_line_becomes_and_writes_nothing(desk, clerk):
    exact, part, over = (desk.ask(subject_ref=f"order:p{n}") for n in range(3))
    body = two_columns(
        [(exact.reference, 1300), (part.reference, 300), (over.reference, 2000), ("货款", 5)], opening=10
    )
    page = look(clerk, body)
    for told in ("正好付清", "部分付款", "多付，记为余额", "待认领", "期初 ¥10.00"):
        assert told in page.text
    assert lines(desk) == []
    taken = bring(clerk, body)
    assert taken.status_code == 303
    assert "已入账" in clerk.get(taken.location).text
    assert desk.off() == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "认不出这家银行的列名"),
        (b"PK\x03\x04 a workbook", "认不出这家银行的列名"),
        ("付款人,金额\n砺川,5\n".encode(), "认不出这家银行的列名"),
        (two_columns([("a", 5)]).replace(b"20261123", b"20269923"), "日期读不懂"),
    ],
)
def test_bad_files_are_refused_with_what_to_do(clerk, body, told):
    answer = look(clerk, body)
    assert answer.status_code == 422
    assert told in answer.text
    assert clerk.post(f"{BOARD}preview").status_code == 422


def test_a_parcel_that_is_not_ours_is_refused(clerk):
    for parcel in ("", "§§", base64.b64encode(b"not packed").decode()):
        assert clerk.post(f"{BOARD}statements", data={"name": "x", "parcel": parcel}).status_code == 422


def test_the_same_statement_twice_is_taken_once(desk, clerk):
    request = desk.ask()
    body = signed([(request.reference, 1300)])
    page = look(clerk, body)
    given = {name: hidden(page, name) for name in ("name", "parcel", "idempotency_key")}
    assert [clerk.post(f"{BOARD}statements", data=given).status_code for _ in range(2)] == [303, 303]
    assert clerk.post(f"{BOARD}statements", data=given | {"idempotency_key": "other"}).status_code == 409
    assert look(clerk, body).status_code == 409
    assert len(lines(desk)) == 1


def test_the_same_statement_from_two_clerks_at_once_is_taken_once(committing, officer):
    desk = Desk(committing)
    request = desk.ask()
    committing.commit()
    clerks = [officer(desk) for _ in range(4)]
    body = base64.b64encode(signed([(request.reference, 1300)])).decode()
    committing.commit()

    def send(clerk):
        return clerk.post("/api/v1/bank-statements/", json={"name": "x.csv", "file": body}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(send, clerks))
    assert answers == [201, 409, 409, 409]
    committing.expire_all()
    assert committing.scalar(select(func.count()).select_from(Statement)) == 1
    assert desk.has("custody", desk.payer) == 1300
    assert desk.off() == []


def test_a_line_is_matched_by_hand_on_its_page(desk, clerk):
    request = desk.ask(label="五轴加工中心")
    bring(clerk, signed([("没写编号", 1300)]))
    (line,) = lines(desk)
    where = f"{BOARD}lines/{line.public_id}"
    page = clerk.get(where).text
    assert request.reference in page
    assert "金额正好" in page
    wrong = clerk.post(f"{where}/match", data={"request": "GZ00000000000"})
    assert wrong.status_code == 422
    assert "没有这个编号的付款" in wrong.text
    assert 'value="GZ00000000000"' in wrong.text
    given = {"request": request.reference, "note": "电话确认", "idempotency_key": "k"}
    assert [clerk.post(f"{where}/match", data=given).status_code for _ in range(2)] == [303, 303]
    assert clerk.post(f"{where}/match", data=given | {"idempotency_key": "l"}).status_code == 409
    desk.session.refresh(request)
    assert request.status is RequestStatus.SECURED
    assert desk.off() == []


def test_a_line_is_set_aside_with_a_word(desk, clerk):
    bring(clerk, signed([("手续费", -2)], opening=10))
    (line,) = lines(desk)
    where = f"{BOARD}lines/{line.public_id}/aside"
    assert clerk.post(where, data={"note": " "}).status_code == 422
    assert clerk.post(where, data={"note": "银行手续费"}).status_code == 303
    assert lines(desk)[0].status is LineStatus.SET_ASIDE
    assert "没有待认领的到账" in clerk.get(f"{BOARD}lines").text


def test_the_morning_queue_leads_to_the_line(desk, clerk, officer):
    bring(clerk, signed([("没写编号", 1300)]))
    (line,) = lines(desk)
    (item,) = clerk.get("/api/v1/office/queue?source=bank_lines").json["items"]
    assert item["url"].endswith(line.public_id)
    admin = officer(desk, OfficeRole.ADMIN)
    assert admin.get("/api/v1/office/queue?source=bank_lines").json["items"] == []


def test_wrong_roles_and_other_parks_reach_nothing(desk, clerk, officer, browser_of):
    bring(clerk, signed([("?", 5)]))
    (line,) = lines(desk)
    auditor, credit = officer(desk, OfficeRole.AUDITOR), officer(desk, OfficeRole.CREDIT_OFFICER)
    far = officer(Desk(desk.session), OfficeRole.FINANCE)
    member = create_member(desk.session, desk.payer, role=FirmRole.FINANCE)
    firm = browser_of(desk.session, member, park_id=desk.park.id, enterprise_id=desk.payer.id)
    where = f"{BOARD}lines/{line.public_id}"
    assert auditor.get(where).status_code == 200
    assert auditor.post(f"{where}/aside", data={"note": "x"}).status_code == 403
    assert look(auditor, signed([("?", 6)])).status_code == 403
    assert [reader.get(where).status_code for reader in (credit, firm)] == [403, 403]
    assert far.get(where).status_code == 404
    assert far.post(f"{where}/aside", data={"note": "x"}).status_code == 404
    assert far.get(f"/api/v1/bank-statements/{line.statement_id}").status_code == 404


def test_bank_and_books_are_compared(desk, clerk):
    request = desk.ask()
    bring(clerk, signed([(request.reference, 1300), ("手续费", -2)]))
    (row,) = clerk.get("/api/v1/bank-statements/reconciliation").json
    assert (row["bank"], row["ledger"], row["unbooked"]) == (129_800, 130_000, -200)
    assert (row["difference"], row["waiting"]) == (0, 1)
    assert "一致" in clerk.get(BOARD).text


def test_custody_account_is_kept_by_the_clerk(clerk):
    wrong = clerk.post(f"{BOARD}account", data={"holder": "专户", "bank": "中国银行", "number": "1"})
    assert wrong.status_code == 422
    assert (
        clerk.post(f"{BOARD}account", data={"holder": "专户", "bank": "中国银行", "number": "62220200"}).status_code
        == 303
    )
    assert "62220200" in clerk.get(BOARD).text


def test_as_many_statements_for_twenty_lines_as_for_two(desk, clerk, statements):
    counts = []
    for first, count in ((0, 2), (2, 18)):
        rows = [(f"没写编号 {n}", n + 1) for n in range(first, first + count)]
        bring(clerk, signed(rows, opening=first * 1000))
        desk.ask(subject_ref=f"order:c{first}")
        for where in (f"{BOARD}lines", BOARD, "/office"):
            clerk.get(where)
            with statements() as seen:
                clerk.get(where)
            counts.append(len(seen))
    assert counts[:3] == counts[3:]


def cause(page):
    return page.split("看是什么引起的")[0].rpartition('<a class="btn gz-btn" href="')[2].split('"')[0]


class TestBooks:
    @pytest.fixture(autouse=True)
    def _moved(self, desk):
        desk.secured()
        desk.release(commission=50)

    def test_trial_balance_leads_down_to_what_caused_an_entry(self, clerk):
        page = clerk.get(f"{BOARD}ledger/")
        assert "应付供方" in page.text
        rows = clerk.get("/api/v1/ledger/trial-balance").json
        assert sum(row["debit"] for row in rows) == sum(row["credit"] for row in rows)
        account = clerk.get("/api/v1/ledger/accounts?kind=payable").json["items"][0]
        assert account["balance"] == 95_000
        assert "担保资金放款" in clerk.get(f"{BOARD}ledger/accounts/{account['id']}").text
        entry = clerk.get(f"/api/v1/ledger/accounts/{account['id']}/entries").json["items"][0]
        shown = clerk.get(f"{BOARD}ledger/transactions/{entry['transaction']}").text
        source = cause(shown)
        assert clerk.get(source).status_code == 200
        payment = clerk.get("/api/v1/ledger/accounts?kind=custody").json["items"][-1]
        first = clerk.get(f"/api/v1/ledger/accounts/{payment['id']}/entries").json["items"][-1]
        shown = clerk.get(f"{BOARD}ledger/transactions/{first['transaction']}").text
        source = cause(shown)
        assert clerk.get(source, follow_redirects=True).status_code == 200

    def test_proof_is_shown_and_names_what_is_broken(self, clerk):
        assert "账簿正确" in clerk.get(f"{BOARD}ledger/check").text
        assert "账簿正确" in clerk.get(f"{BOARD}ledger/?check=1").text

    def test_journal_is_downloaded_by_readers_alone(self, desk, clerk, officer):
        journal = clerk.get(f"{BOARD}ledger/journal")
        assert "Liabilities:Payable" in journal.text
        assert officer(desk, OfficeRole.CREDIT_OFFICER).get(f"{BOARD}ledger/journal").status_code == 403

    def test_other_parks_find_nothing(self, desk, clerk, officer):
        account = clerk.get("/api/v1/ledger/accounts").json["items"][0]["id"]
        entry = clerk.get(f"/api/v1/ledger/accounts/{account}/entries").json["items"][0]
        far = officer(Desk(desk.session))
        assert far.get(f"{BOARD}ledger/accounts/{account}").status_code == 404
        assert far.get(f"{BOARD}ledger/transactions/{entry['transaction']}").status_code == 404
        assert far.get("/api/v1/ledger/trial-balance").json == []
