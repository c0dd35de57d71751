"""The wizard and its API: drop, look, map, write, come back."""

import io

import pytest
from sqlalchemy import func, select

from marketplace.kernel.errors import Conflict
from marketplace.listings.imports import jobs
from marketplace.listings.imports.models import ImportRun, RunState
from marketplace.listings.imports.operations import CommitImport, StartImport, commit_import, start_import
from marketplace.listings.models import Listing, ListingStatus
from tests.application import NOW
from tests.factories import create_enterprise, create_member, firm_actor
from tests.listings.imports.ledgers import ROWS, changed, ledger


@pytest.fixture
def browser(session, park, enterprise, browser_of):
    return browser_of(session, create_member(session, enterprise), park_id=park.id, enterprise_id=enterprise.id)


@pytest.fixture
def person(session, park, enterprise):
    return firm_actor(create_member(session, enterprise), park, enterprise)


def drop(browser, content, name="台账.csv"):
    answer = browser.post("/machines/import/", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    return answer.headers["Location"]


def only_run(session):
    session.expire_all()
    return session.scalars(select(ImportRun)).one()


def test_ledger_goes_from_drop_to_drafts_over_the_pages(session, browser, run_jobs):
    address = drop(browser, ledger(*ROWS, "JX-004,平面磨床,M7130,杭机,abc,在用,1号楼,面议"))
    assert "正在读取" in browser.get(address).text
    run_jobs()
    page = browser.get(address).text
    assert "资产编号" in page
    assert "不是能读懂的数值" in page
    assert browser.post(f"{address}/commit", data={}).status_code == 303
    run_jobs()
    assert "已写入" in browser.get(address).text
    assert session.scalar(select(func.count()).select_from(Listing)) == 3
    assert only_run(session).counts["created"] == 3


def test_published_right_away_when_asked(session, browser, run_jobs):
    address = drop(browser, ledger(*ROWS))
    run_jobs()
    browser.post(f"{address}/commit", data={"publish": "1"})
    run_jobs()
    assert set(session.scalars(select(Listing.status))) == {ListingStatus.IN_REVIEW}
    assert only_run(session).counts["submitted"] == 2


def test_nothing_is_written_before_the_commit(session, browser, run_jobs):
    drop(browser, ledger(*ROWS))
    run_jobs()
    assert session.scalar(select(func.count()).select_from(Listing)) == 0


def test_file_without_header_waits_for_a_mapping_and_is_read_with_it(session, browser, run_jobs):
    address = drop(browser, ROWS[0].encode() + b"\n" + ROWS[2].encode())
    run_jobs()
    assert only_run(session).state is RunState.NEEDS_MAPPING
    chosen = {"column.0.A": "asset_number", "column.0.B": "name", "column.0.C": "model"}
    browser.post(f"{address}/mapping", data=chosen)
    run_jobs()
    run = only_run(session)
    assert run.state is RunState.PREVIEWED
    assert run.plan["counts"]["create"] == 2


def test_mapping_is_remembered_for_the_same_headers(session, browser, run_jobs):
    header = "甲,乙,丙"
    first = drop(browser, ledger("A1,数控车床,CK6140", header=header))
    run_jobs()
    browser.post(
        f"{first}/mapping",
        data={"column.0.A": "asset_number", "column.0.B": "name", "column.0.C": "model", "header_row.0": "1"},
    )
    run_jobs()
    second = drop(browser, ledger("A2,平面磨床,M7130", header=header))
    run_jobs()
    session.expire_all()
    run = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert second.endswith(run.public_id)
    assert run.state is RunState.PREVIEWED
    assert [item["name"] for item in run.plan["items"]] == ["平面磨床"]


def test_whole_or_nothing_refuses_a_file_with_a_row_left_out(session, person, clock, run_jobs):
    content = ledger(ROWS[0], changed(ROWS[2], 设备名称="", 资产编号="JX-009"))
    run = start_import(session, StartImport(filename="a.csv", content=content), actor=person, clock=clock)
    session.commit()
    run_jobs()
    session.expire_all()
    with pytest.raises(Conflict):
        commit_import(session, CommitImport(run=run.public_id, only_whole=True), actor=person, clock=clock)


def test_worker_killed_while_writing_leaves_nothing_and_the_next_one_doubles_nothing(
    session, person, clock, run_jobs, monkeypatch
):
    run = start_import(session, StartImport(filename="a.csv", content=ledger(*ROWS)), actor=person, clock=clock)
    session.commit()
    run_jobs()
    session.expire_all()
    commit_import(session, CommitImport(run=run.public_id), actor=person, clock=clock)
    session.commit()

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("marketplace.listings.imports.operations.announce", die)
        with pytest.raises(Killed):
            jobs.write_import_job(session, clock=clock, run_id=run.id)
        session.rollback()
    assert session.scalar(select(func.count()).select_from(Listing)) == 0
    jobs.write_import_job(session, clock=clock, run_id=run.id)
    jobs.write_import_job(session, clock=clock, run_id=run.id)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Listing)) == 2


def test_run_left_in_hand_is_taken_up_again_and_given_up_at_last(session, person, clock, run_jobs):
    run = start_import(session, StartImport(filename="a.csv", content=ledger(*ROWS)), actor=person, clock=clock)
    run_jobs_dropped = session.execute(select(func.count()).select_from(ImportRun)).scalar()
    assert run_jobs_dropped == 1
    for _ in range(jobs.MOST_TIMES + 1):
        run.touched_at = NOW - 2 * jobs.LEFT_ALONE
        session.flush()
        jobs.resume_imports_job(session, clock=clock)
    assert (run.state, run.reason) == (RunState.FAILED, "import_failed")


def test_clerk_gets_the_file_back_with_remarks(session, browser, run_jobs):
    address = drop(browser, ledger(*ROWS, "JX-004,平面磨床,M7130,杭机,abc,在用,1号楼,=1+1"))
    run_jobs()
    answer = browser.get(f"{address}/annotated")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "不是能读懂的数值" in answer.data.decode("utf-8-sig")


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02" * 50, b"PK\x03\x04" + b"\x00" * 60, b"%PDF-1.4 nothing", b"\xff\xd8\xff\xe0" * 9]
)
def test_other_formats_are_refused_with_a_reason(session, browser, run_jobs, content):
    address = drop(browser, content, name="台账.xlsx")
    run_jobs()
    assert only_run(session).state is RunState.REFUSED
    assert browser.get(address).status_code == 200


def test_empty_upload_is_told_on_the_page(browser):
    assert browser.post("/machines/import/", data={}).status_code == 422
    assert browser.post("/machines/import/", data={"file": (io.BytesIO(b""), "a.csv")}).status_code == 422


def test_path_like_name_is_only_a_name(session, browser):
    drop(browser, ledger(*ROWS), name="../../etc/passwd.csv")
    assert only_run(session).filename == "passwd.csv"


def test_another_firms_run_looks_absent(session, park, browser, browser_of, run_jobs):
    address = drop(browser, ledger(*ROWS))
    run_jobs()
    other = create_enterprise(session, park)
    stranger = browser_of(session, create_member(session, other), park_id=park.id, enterprise_id=other.id)
    tries = [
        stranger.get(address),
        stranger.get(f"{address}/annotated"),
        stranger.get(f"{address}/progress"),
        stranger.post(f"{address}/commit"),
        stranger.post(f"{address}/mapping"),
        stranger.get(address.replace("/machines/import", "/api/v1/imports")),
    ]
    assert {answer.status_code for answer in tries} == {404}


def test_program_uploads_looks_and_commits(browser, run_jobs):
    made = browser.post("/api/v1/imports", data={"file": (io.BytesIO(ledger(*ROWS)), "a.csv")})
    assert made.status_code == 202
    address = f"/api/v1/imports/{made.json['public_id']}"
    run_jobs()
    preview = browser.get(f"{address}/preview").json
    assert preview["outcome"]["outcome"] == "imported"
    assert preview["plan"]["counts"]["create"] == 2
    assert browser.post(f"{address}/commit", json={}).status_code == 202
    run_jobs()
    assert browser.get(address).json["counts"]["created"] == 2
    assert browser.post(f"{address}/commit", json={}).status_code == 409


def test_stray_nul_characters_do_not_stop_an_import(session, browser, run_jobs):
    address = drop(browser, ledger(ROWS[0].replace("立式", "立\x00式"), ROWS[2]))
    run_jobs()
    assert only_run(session).state is RunState.PREVIEWED
    assert browser.get(address).status_code == 200


def test_failed_write_can_be_tried_again(session, person, clock, run_jobs):
    run = start_import(session, StartImport(filename="a.csv", content=ledger(*ROWS)), actor=person, clock=clock)
    session.commit()
    run_jobs()
    session.expire_all()
    commit_import(session, CommitImport(run=run.public_id), actor=person, clock=clock)
    run.move_to(RunState.FAILED, reason="import_failed")
    session.commit()
    run_jobs()
    commit_import(session, CommitImport(run=run.public_id), actor=person, clock=clock)
    session.commit()
    run_jobs()
    session.expire_all()
    assert (run.state, session.scalar(select(func.count()).select_from(Listing))) == (RunState.DONE, 2)
