"""Chips: what they say, and what happens when they are taken away or read differently."""

import pytest

from search.understanding.corrections import as_parameters, choosing, read_corrections, taking_away
from search.understanding.results import Corrections
from tests.search.understanding.outline import outline, read

LINE = "钛合金 五轴 600mm ±0.01 周五前 12小时 预算6000 北一区 20件"


def chip(understood, key):
    return next(chip for chip in understood.chips if chip.key == key)


def test_every_understood_piece_has_a_chip_in_the_order_of_the_line():
    keys = [chip.key for chip in read(LINE).chips]
    assert keys == [
        "option.materials.titanium", "type", "attr.travel_x", "attr.positioning_accuracy", "window", "hours", "budget", "zone",
        "quantity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("type", ("类型", "五轴加工中心"), ("Type", "5-axis machining centre")),
        ("attr.travel_x", ("X 轴行程", "≥ 600 mm"), ("X travel", "≥ 600 mm")),
        ("attr.positioning_accuracy", ("定位精度", "≤ ±0.01 mm"), ("Positioning accuracy", "≤ ±0.01 mm")),
        ("window", ("最晚", "12月03日 周四 24:00"), ("Finished by", "Thu 3 Dec, 24:00")),
        ("hours", ("用时", "12 小时，一次连续"), ("For", "12 hours, in one run")),
        ("budget", ("预算", "整单 ≤ ¥6,000"), ("Budget", "≤ ¥6,000 for the job")),
        ("zone", ("区域", "北一区"), ("Zone", "North 1")),
        ("quantity", ("数量", "20 件"), ("How many", "20 pcs")),
    ],
)
def test_chip_speaks_the_readers_language(key, zh, en):
    chinese, english = chip(read(LINE), key), chip(read(LINE, locale="en"), key)
    assert (chinese.label, chinese.value) == zh
    assert (english.label, english.value) == en


def test_chip_explains_from_which_words_it_was_read():
    deadline = chip(read(LINE), "window")
    assert deadline.explanation == "从「周五前」读出，不含当天。"
    assert LINE[slice(*deadline.span)] == "周五前"
    assert [alternative.code for alternative in deadline.alternatives] == ["include"]


def test_bare_size_offers_the_other_sizes_of_the_type():
    size = chip(read(LINE), "attr.travel_x")
    assert "as:travel_y" in {alternative.code for alternative in size.alternatives}


def test_chosen_attribute_takes_the_figure_and_keeps_the_chips_key():
    understood = read(LINE, corrections=Corrections(choices={"attr.travel_x": "as:travel_y"}))
    assert "travel_y >= 600 mm" in outline(understood)
    assert chip(understood, "attr.travel_x").label == "Y 轴行程"


def test_relaxed_limit_replaces_the_written_one():
    understood = read(LINE, corrections=Corrections(choices={"attr.travel_x": "value:500000"}))
    assert "travel_x >= 500 mm" in outline(understood)


@pytest.mark.parametrize("value", ["value:", "value:12x", "value:-", "value:" + "9" * 40, "value:²"])
def test_malformed_limit_is_ignored(value):
    assert outline(read(LINE, corrections=Corrections(choices={"attr.travel_x": value}))) == outline(read(LINE))


def test_removed_words_are_searched_as_text_and_removed_numbers_are_dropped():
    removed = Corrections(without=frozenset({"option.materials.titanium", "zone", "attr.travel_x", "window", "budget"}))
    understood = read(LINE, corrections=removed)
    assert understood.remaining_words == "钛合金 北一区"
    assert understood.budget is None
    assert understood.place is None
    assert understood.window.end is None
    assert [constraint.attribute for constraint in understood.constraints] == ["positioning_accuracy"]


def test_removing_the_type_keeps_the_sizes_that_were_read_with_it():
    understood = read(LINE, corrections=Corrections(without=frozenset({"type"})))
    assert understood.type_code is None
    assert "travel_x >= 600 mm" in outline(understood)
    assert "五轴" in understood.remaining_words


def test_another_type_reads_the_figures_anew():
    understood = read("数控车床 600mm", corrections=Corrections(choices={"type": "type:five_axis_machining_centre"}))
    assert outline(understood) == "type five_axis_machining_centre | travel_x >= 600 mm"


def test_two_types_in_one_line_offer_the_second():
    understood = read("叉车 或 仓库")
    assert understood.type_code == "forklift"
    assert "type:warehouse" in {alternative.code for alternative in chip(understood, "type").alternatives}


def test_budget_can_be_meant_per_hour():
    understood = read("五轴 预算300", corrections=Corrections(choices={"budget": "hour"}))
    assert (understood.budget.amount, understood.budget.per) == (30_000, "hour")


@pytest.mark.parametrize("line", ["VMC850", "CK6140 M6 TC-4X", "KX-2200", "DU-80", "X5032", "M12x1.75", "G1/2"])
def test_numbers_in_model_codes_are_words(line):
    assert read(line).constraints == ()
    assert read(line).remaining_words == line


def test_corrections_travel_in_the_address_and_back():
    corrections = choosing(taking_away(Corrections(), "type"), "attr.travel_x", "as:travel_y")
    parameters = as_parameters(corrections)
    assert parameters == [("without", "type"), ("choose", "attr.travel_x~as:travel_y")]
    assert read_corrections(["type"], ["attr.travel_x~as:travel_y"]) == corrections
    assert read_corrections(["", "x" * 900], ["nonsense", "~", "a~", "~b"]) == Corrections()


def test_choosing_a_reading_brings_a_removed_chip_back():
    assert choosing(taking_away(Corrections(), "window"), "window", "include").without == frozenset()
