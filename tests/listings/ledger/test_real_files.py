"""The real files beside the checkout come in completely, mess included."""

import os
from collections import Counter
from pathlib import Path

import pytest

from marketplace.listings.ledger.outcome import LedgerListing, LedgerOutcome
from marketplace.listings.ledger.reader import read_ledger
from tests.listings.ledger.described import TODAY

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data"


def read(name: str) -> LedgerOutcome:
    path = FOLDER / name
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip(f"{path} is not beside the checkout")
    return read_ledger(path.read_bytes(), filename=name, today=TODAY)


def by_name(outcome: LedgerOutcome) -> dict[str, LedgerListing]:
    return {listing.name: listing for listing in outcome.listings}


def shown(listing: LedgerListing) -> dict[str, object]:
    return {attribute.code: attribute.shown.get("value") for attribute in listing.attributes}


def test_every_robot_is_a_listing_of_its_own() -> None:
    outcome = read("industrial-robots.csv")
    assert outcome.outcome.value == "imported"
    assert len(outcome.listings) == 1428
    assert {listing.quantity for listing in outcome.listings} == {1}
    assert not outcome.messages
    assert all(listing.resource_type and listing.resource_type.endswith("_robot") for listing in outcome.listings)


def test_robots_carry_their_figures_and_nought_is_unknown() -> None:
    robots = by_name(read("industrial-robots.csv"))
    assert shown(robots["KUKA KR 240 R3330"]) | {
        "payload": 240,
        "reach": 3326,
        "repeatability": 0.08,
        "robot_weight": 2421,
    } == shown(robots["KUKA KR 240 R3330"])
    assert "repeatability" not in shown(robots["autonox Robotics articc6-2118-45kg (AT_00010)"])
    without_weight = [listing for listing in robots.values() if "robot_weight" not in shown(listing)]
    assert len(without_weight) == 36


def test_instruments_without_one_key_column_all_have_a_verdict() -> None:
    outcome = read("lab-instruments.tsv")
    assert sum(listing.quantity for listing in outcome.listings) == 316
    codes = Counter(message.code.value for message in outcome.messages)
    assert codes["inactive"] == 131
    assert codes["duplicate_in_file"] == 2
    assert set(codes) <= {"inactive", "duplicate_in_file", "unknown_type"}
    rows = {source.row for listing in outcome.listings for source in listing.source}
    assert rows | {message.row for message in outcome.messages} == set(range(2, 320))


def test_instruments_offline_or_inactive_are_withheld_and_unknown_rooms_are_no_place() -> None:
    instruments = by_name(read("lab-instruments.tsv"))
    assert not instruments["11T_Aux2"].offered
    assert not instruments["BSF_GC01"].offered
    assert instruments["timsTOFScp01"].offered
    assert not {listing.location for listing in instruments.values()} & {"0", "n/a", ""}
    assert all(listing.purchase_date is None for listing in instruments.values())


def test_machine_profiles_come_in_with_sizes_and_without_placeholders() -> None:
    outcome = read("machine-profiles.csv")
    assert len(outcome.listings) == 98
    assert not outcome.messages
    assert Counter(listing.resource_type for listing in outcome.listings) == {
        "fdm_printer": 56,
        "cnc_router": 24,
        "laser_cutter": 11,
        "sla_printer": 5,
        "wire_edm": 1,
        "waterjet": 1,
    }
    speeds = [shown(listing)["spindle_speed"] for listing in outcome.listings if "spindle_speed" in shown(listing)]
    assert speeds
    assert min(float(str(speed)) for speed in speeds) > 100
