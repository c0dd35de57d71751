"""The same ledger again: nothing lost, nothing twice."""

import pytest
from sqlalchemy import func, select

from marketplace.kernel.audit import AuditRow
from marketplace.kernel.events import EventRow
from marketplace.listings.batches import PublishAll, publish_all
from marketplace.listings.imports.models import RunState
from marketplace.listings.models import LineMember, Listing, ListingStatus, Unit, UnitStatus, WithheldReason
from marketplace.listings.operations import approve_listing
from marketplace.listings.queries import units_of
from tests.listings.factories import create_draft
from tests.listings.imports.ledgers import (
    NAMELESS_HEADER,
    NAMELESS_ROWS,
    ROWS,
    changed,
    ledger,
)


def listings(session):
    return session.scalars(select(Listing).order_by(Listing.id)).all()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def listing_of(session, number):
    unit = session.scalars(select(Unit).where(Unit.asset_number == number)).one()
    return session.get(Listing, unit.listing_id)


def publish(session, supplier, park, clock):
    publish_all(session, PublishAll(), actor=supplier, clock=clock)
    session.expire_all()
    from marketplace.kernel.actor import system_actor

    for listing in listings(session):
        if listing.status is ListingStatus.IN_REVIEW:
            approve_listing(session, listing.public_id, actor=system_actor(park.id), clock=clock)


def test_equal_machines_become_units_of_one_draft(session, bring):
    run = bring(ledger(*ROWS))
    assert run.state is RunState.DONE
    assert (run.counts["created"], count(session, Unit)) == (2, 3)
    mill = listing_of(session, "JX-001")
    assert mill.status is ListingStatus.DRAFT
    assert mill.title_zh == "立式加工中心 VMC850"
    assert mill.attributes["travel_x"] == {"number": 800_000}
    assert session.get(type(mill), mill.id).rate_plan_id is not None
    assert [unit.asset_number for unit in units_of(session, mill.id)] == ["JX-001", "JX-002"]


def test_same_file_changes_nothing(session, bring):
    bring(ledger(*ROWS))
    before = (count(session, Listing), count(session, Unit), [each.version for each in listings(session)])
    run = bring(ledger(*ROWS))
    assert run.counts == {
        "created": 0,
        "updated": 0,
        "withdrawn": 0,
        "unchanged": 2,
        "unidentified": 0,
        "repeated": 0,
    }
    session.expire_all()
    assert (count(session, Listing), count(session, Unit), [each.version for each in listings(session)]) == before


@pytest.mark.parametrize("number", ["jx-003", "JX－003", " JX-003 "])
def test_number_written_differently_is_the_same_machine(session, bring, number):
    bring(ledger(*ROWS))
    run = bring(ledger(ROWS[0], ROWS[1], changed(ROWS[2], 资产编号=number)))
    assert run.counts["created"] == 0
    assert count(session, Unit) == 3


def test_changed_row_updates_and_row_left_out_stays(session, bring):
    bring(ledger(*ROWS))
    run = bring(ledger(changed(ROWS[2], 存放地点="5号楼")))
    assert (run.counts["updated"], run.counts["created"]) == (1, 0)
    assert listing_of(session, "JX-003").place == "5号楼"
    assert listing_of(session, "JX-001").place == "3号楼"


def test_what_the_owner_wrote_by_hand_stays(session, bring):
    bring(ledger(*ROWS))
    lathe = listing_of(session, "JX-003")
    lathe.title_zh = "精密数控车床"
    lathe.attributes = {**lathe.attributes, "spindle_speed": {"number": 4_000_000}}
    session.flush()
    bring(ledger(changed(ROWS[2], 存放地点="5号楼", 规格型号="CK6150")))
    session.refresh(lathe)
    assert (lathe.title_zh, lathe.model, lathe.place) == ("精密数控车床", "CK6150", "5号楼")
    assert lathe.attributes["spindle_speed"] == {"number": 4_000_000}


def test_new_price_is_a_new_version_unless_the_owner_set_another(session, bring):
    bring(ledger(*ROWS))
    first = listing_of(session, "JX-003").rate_plan_id
    bring(ledger(changed(ROWS[2], 对外价格="95元/小时")))
    session.expire_all()
    assert listing_of(session, "JX-003").rate_plan_id != first


def test_scrapped_since_is_withdrawn_and_named(session, bring, supplier, park, clock):
    bring(ledger(*ROWS))
    publish(session, supplier, park, clock)
    run = bring(ledger(*ROWS[:2], changed(ROWS[2], 使用状态="报废")))
    session.expire_all()
    unit = session.scalars(select(Unit).where(Unit.asset_number == "JX-003")).one()
    lathe = session.get(Listing, unit.listing_id)
    assert run.counts["withdrawn"] == 1
    assert [gone["number"] for gone in run.plan["withdrawals"]] == ["JX-003"]
    assert (unit.status, unit.is_bookable) == (UnitStatus.SCRAPPED, False)
    assert (lathe.status, lathe.withheld_reason) == (ListingStatus.ARCHIVED, WithheldReason.SCRAPPED)
    assert session.scalars(select(EventRow.body).where(EventRow.kind == "ListingsMoved")).all()[-1] == {
        "listing_ids": [lathe.id]
    }


def test_one_of_two_scrapped_leaves_the_other_online(session, bring, supplier, park, clock):
    bring(ledger(*ROWS))
    publish(session, supplier, park, clock)
    bring(ledger(ROWS[0], changed(ROWS[1], 使用状态="报废"), ROWS[2]))
    session.expire_all()
    mill = listing_of(session, "JX-001")
    assert mill.status is ListingStatus.PUBLISHED
    assert [unit.asset_number for unit in units_of(session, mill.id)] == ["JX-001"]


def test_never_seen_scrapped_machine_is_not_stored(session, bring):
    run = bring(ledger(ROWS[0], changed(ROWS[2], 使用状态="报废")))
    assert run.counts["created"] == 1
    assert count(session, Unit) == 1


def test_sealed_since_leaves_the_market_and_comes_back(session, bring, supplier, park, clock):
    bring(ledger(*ROWS))
    publish(session, supplier, park, clock)
    bring(ledger(changed(ROWS[2], 使用状态="封存")))
    session.expire_all()
    lathe = listing_of(session, "JX-003")
    assert (lathe.status, lathe.withheld_reason) == (ListingStatus.PAUSED, WithheldReason.SEALED)
    bring(ledger(ROWS[2]))
    session.expire_all()
    assert (lathe.status, lathe.withheld_reason) == (ListingStatus.PAUSED, None)


def test_machine_told_apart_since_moves_to_a_listing_of_its_own(session, bring):
    bring(ledger(*ROWS))
    run = bring(ledger(ROWS[0], changed(ROWS[1], 存放地点="9号楼"), ROWS[2]))
    assert run.counts["created"] == 1
    assert listing_of(session, "JX-001").id != listing_of(session, "JX-002").id
    assert listing_of(session, "JX-002").place == "9号楼"
    assert count(session, Unit) == 3


def test_one_more_identical_machine_joins_the_listing(session, bring):
    bring(ledger(*ROWS))
    run = bring(ledger(*ROWS, changed(ROWS[0], 资产编号="JX-009")))
    assert (run.counts["created"], run.counts["updated"]) == (0, 1)
    assert listing_of(session, "JX-009").id == listing_of(session, "JX-001").id


def test_form_written_machine_of_the_same_number_is_filled_up_not_overwritten(session, park, enterprise, bring):
    draft = create_draft(session, park, enterprise, title="五轴机，主轴新换")
    unit = units_of(session, draft.id)[0]
    unit.asset_number, unit.asset_key = "JX-003", "n:jx-003"
    draft.manufacturer = ""
    session.flush()
    bring(ledger(ROWS[2]))
    session.refresh(draft)
    assert (draft.title_zh, draft.manufacturer) == ("五轴机，主轴新换", "沈一")
    assert count(session, Listing) == 1


def test_without_identity_equal_rows_are_the_same_and_changed_ones_wait(session, bring):
    bring(ledger(*NAMELESS_ROWS, header=NAMELESS_HEADER))
    again = bring(ledger(*NAMELESS_ROWS, header=NAMELESS_HEADER))
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 3)
    moved = NAMELESS_ROWS[0].replace("3号楼", "8号楼")
    run = bring(ledger(moved, *NAMELESS_ROWS[1:], header=NAMELESS_HEADER))
    assert (run.counts["created"], run.counts["updated"], run.counts["unidentified"]) == (0, 0, 1)
    run = bring(ledger(moved, header=NAMELESS_HEADER), create_unidentified=True)
    assert run.counts["created"] == 1


def test_key_columns_make_rows_known(session, bring):
    keys = ("设备名称", "规格型号")
    bring(ledger(*NAMELESS_ROWS, header=NAMELESS_HEADER), key_columns=keys)
    moved = NAMELESS_ROWS[0].replace("3号楼", "8号楼")
    run = bring(ledger(moved, *NAMELESS_ROWS[1:], header=NAMELESS_HEADER), key_columns=keys)
    assert (run.counts["created"], run.counts["updated"]) == (0, 1)


def test_rows_of_the_same_key_columns_are_stored_once(session, bring):
    twin = NAMELESS_ROWS[0].replace("3号楼", "8号楼")
    run = bring(ledger(NAMELESS_ROWS[0], twin, header=NAMELESS_HEADER), key_columns=("设备名称", "规格型号"))
    assert (run.counts["created"], run.counts["repeated"]) == (1, 1)


def test_line_takes_its_machines_as_members(session, bring):
    header = "序号,资产编号,设备名称,规格型号,使用状态"
    rows = ("1,L-01,装配生产线,ZP-1,在用", "1.1,L-01-1,上料机,SL1,在用", "1.2,L-01-2,拧紧机,NJ2,在用")
    bring(ledger(*rows, header=header))
    line = next(each for each in listings(session) if each.kind.value == "line")
    assert len(units_of(session, line.id)) == 2
    assert count(session, LineMember) == 2
    bring(ledger(*rows, header=header))
    assert count(session, LineMember) == 2


def test_another_firms_machine_of_the_same_number_is_another_machine(session, park, bring, clock, tmp_path):
    from marketplace.kernel.actor import system_actor
    from marketplace.listings.imports.command import ImportChoices, import_file
    from tests.factories import create_enterprise

    bring(ledger(*ROWS))
    other = create_enterprise(session, park)
    path = tmp_path / "other.csv"
    path.write_bytes(ledger(*ROWS))
    run = import_file(session, path, ImportChoices(), actor=system_actor(park.id, other.id), clock=clock).run
    assert run.counts["created"] == 2
    assert count(session, Unit) == 6


def test_import_is_audited(session, bring):
    run = bring(ledger(*ROWS))
    row = session.scalars(select(AuditRow).where(AuditRow.action == "import.done")).one()
    assert row.subject == f"import:{run.public_id}"
