"""Quantities are read exactly, as clerks and buyers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.quantities import (
    DIMENSIONS,
    BadQuantity,
    find_quantities,
    format_quantity,
    from_base,
    parse_number,
    parse_quantity,
    to_base,
    units_of,
)

POINTS = [
    ("0.6 m", "length", 600_000),
    ("600mm", "length", 600_000),
    ("600 MM", "length", 600_000),
    ('24"', "length", 609_600),
    ("24″", "length", 609_600),
    ("24 in", "length", 609_600),
    ("24英寸", "length", 609_600),
    ('1 1/2"', "length", 38_100),
    ("5丝", "length", 50),
    ("2道", "length", 20),
    ("5丝", "fine_length", 50_000),
    ("1.2 nm", "fine_length", 1),
    ("Ø 400mm", "length", 400_000),
    ("φ400mm", "length", 400_000),
    ("Φ400mm", "length", 400_000),
    ("⌀400mm", "length", 400_000),
    ("1,200mm", "length", 1_200_000),
    ("1 200 mm", "length", 1_200_000),
    ("0,02 mm", "length", 20),
    ("1.200,5 mm", "length", 1_200_500),
    ("1,200.5 mm", "length", 1_200_500),
    ("1.200.000 mm", "length", 1_200_000_000),
    ("１２００ｍｍ", "length", 1_200_000),
    ("1.2万mm", "length", 12_000_000),
    ("12.5米(有效)", "length", 12_500_000),
    ("90T", "force", 882_598_500),
    ("90吨", "force", 882_598_500),
    ("90吨", "mass", 90_000_000),
    ("300kN", "force", 300_000_000),
    ("40 lb", "mass", 18_144),
    ("12 T", "magnetic_field", 12_000),
    ("3kW", "power", 3_000),
    ("5HP", "power", 3_728),
    ("5匹", "power", 3_677),
    ("3千瓦", "power", 3_000),
    ("40 m/min", "speed", 40_000_000),
    ("70bar", "pressure", 7_000_000),
    ("0.5 MPa", "pressure", 500_000),
    ("0.5mpa", "pressure", 500_000),
    ("6公斤", "pressure", 588_399),
    ("10⁻³ Pa", "vacuum", 1_000_000),
    ("6.7×10⁻³Pa", "vacuum", 6_700_000),
    ("18,000 r/min", "rotation_speed", 18_000),
    ("18000转/分", "rotation_speed", 18_000),
    ("18000 rpm", "rotation_speed", 18_000),
    ("18000 min⁻¹", "rotation_speed", 18_000),
    ("1.2万转", "rotation_speed", 12_000),
    ("12k", "rotation_speed", 12_000),
    ("3 °F", "temperature", -16_111),
    ("-196℃", "temperature", -196_000),
    ("77 K", "temperature", -196_150),
    ("1°F", "temperature_difference", 556),
    ("1′", "angle", 60_000),
    ("30″", "angle", 30_000),
    ("1′30″", "angle", 90_000),
    ("5°30'", "angle", 19_800_000),
    ("360度", "angle", 1_296_000_000),
    ("58HRC", "hardness", 5_800),
    ("HRC 58", "hardness", 5_800),
    ("50%", "ratio", 500_000),
    ("95%RH", "ratio", 950_000),
    ("500平米", "area", 500_000_000),
    ("2亩", "area", 1_333_333_333),
    ("30方", "volume", 30_000_000_000),
    ("42000CPH", "throughput", 42_000),
    ("120瓶/分钟", "throughput", 7_200),
    ("300 nL/min", "flow", 18),
    ("3吨/平方米", "floor_load", 3_000_000),
    ("8小时", "time", 28_800_000),
    ("X:800mm", "length", 800_000),
    ("L=500mm", "length", 500_000),
    ("AC380V", "voltage", 380_000),
    ("五轴", "count", 5),
    ("24T", "count", 24),
    ("1.9+L/300μm", "fine_length", 1_900),
    ("(1.5+3L/1000)μm", "fine_length", 1_500),
    ("12 rows of nothing", "length", None),
]


@pytest.mark.parametrize(("text", "dimension", "base"), POINTS)
def test_a_point_is_read_in_base_units(text, dimension, base):
    if base is None:
        with pytest.raises(BadQuantity):
            parse_quantity(text, dimension=dimension)
        return
    parsed = parse_quantity(text, dimension=dimension)
    assert (parsed.minimum, parsed.maximum, parsed.unit_given) == (base, base, True)


@pytest.mark.parametrize("mu", ["µ", "μ", "u"])
def test_all_three_mu_are_micro(mu):
    parsed = parse_quantity(f"≤5{mu}m", dimension="length")
    assert (parsed.minimum, parsed.maximum) == (None, 5)


@pytest.mark.parametrize(
    ("text", "dimension", "unit", "low", "high"),
    [
        ("60..2000", "rotation_speed", "rpm", 60, 2000),
        ("60…2000", "rotation_speed", "rpm", 60, 2000),
        ("60-2000", "rotation_speed", "rpm", 60, 2000),
        ("60—2000", "rotation_speed", "rpm", 60, 2000),
        ("60——2000", "rotation_speed", "rpm", 60, 2000),
        ("60~2000", "rotation_speed", "rpm", 60, 2000),
        ("60～2000", "rotation_speed", "rpm", 60, 2000),
        ("60至2000", "rotation_speed", "rpm", 60, 2000),
        ("60 to 2000 r/min", "rotation_speed", None, 60, 2000),
        ("-20~150℃", "temperature", None, -20_000, 150_000),
        ("-70℃～+150℃", "temperature", None, -70_000, 150_000),
        ("-70--10℃", "temperature", None, -70_000, -10_000),
        ("23±2℃", "temperature", None, 21_000, 25_000),
        ("-120…+30°", "angle", None, -432_000_000, 108_000_000),
        ("1′ / 30″", "angle", None, 30_000, 60_000),
        ("HRC 58-62", "hardness", None, 5_800, 6_200),
        ("15/18.5kW", "power", None, 15_000, 18_500),
        ("Φ10-Φ400", "length", "mm", 10_000, 400_000),
        ("0.5m-1200mm", "length", None, 500_000, 1_200_000),
        ("500mm以上", "length", None, 500_000, None),
        ("≥800", "length", "mm", 800_000, None),
        ("不小于800", "length", "mm", 800_000, None),
        ("最大500kg", "mass", None, None, 500_000),
        ("500kg以下", "mass", None, None, 500_000),
    ],
)
def test_ranges_and_bounds(text, dimension, unit, low, high):
    parsed = parse_quantity(text, dimension=dimension, default_unit=unit)
    assert (parsed.minimum, parsed.maximum) == (low, high)


def test_plus_minus_is_a_magnitude():
    parsed = parse_quantity("±0.01", dimension="length", default_unit="mm")
    assert (parsed.minimum, parsed.maximum, parsed.plus_minus, parsed.unit_given) == (10, 10, True, False)
    assert parsed.value == Decimal("0.01")


def test_about_is_approximate():
    parsed = parse_quantity("约500kg", dimension="mass")
    assert parsed.approximate
    assert parsed.maximum == 500_000
    assert not parse_quantity("500kg", dimension="mass").approximate


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_number"),
        ("nan", "bad_number"),
        ("无", "bad_number"),
        ("大", "bad_number"),
        ("12 furlongs", "bad_unit"),
        ("600", "bad_unit"),
        ("5kg", "bad_unit"),
        ("1,2,3mm", "bad_number"),
        ("1.2.3mm", "bad_number"),
        ("600(1200)mm", "bad_number"),
        ("0.01/300mm", "bad_number"),
        ("1e400mm", "bad_number"),
        ("99999999999999999999 m", "bad_number"),
        ("10万级mm", "bad_unit"),
    ],
)
def test_what_cannot_be_read_is_named(text, code):
    with pytest.raises(BadQuantity) as caught:
        parse_quantity(text, dimension="length")
    assert caught.value.code == code


def test_a_clean_room_class_is_no_quantity():
    with pytest.raises(BadQuantity):
        parse_quantity("10万级", dimension="count", default_unit="1")


@pytest.mark.parametrize(
    ("text", "value"), [("1x10^5", "100000"), ("1×10⁵", "100000"), ("1e-3", "0.001"), ("3千", "3000")]
)
def test_powers_and_multipliers(text, value):
    assert parse_number(text) == Decimal(value)


def test_every_unit_name_means_one_unit_of_its_dimension():
    for dimension in DIMENSIONS.values():
        for name, code in dimension.names.items():
            assert dimension.find_unit(name) == code, name
        assert dimension.base == "1" or dimension.base in {*dimension.units, "mm3"}, dimension.code


def test_the_base_unit_has_factor_one():
    for dimension in DIMENSIONS.values():
        assert dimension.units[dimension.base].factor == 1, dimension.code
        assert dimension.units[dimension.base].offset == 0


dimension_and_unit = st.sampled_from([(code, unit) for code in DIMENSIONS for unit in units_of(code)])


@given(dimension_and_unit, st.integers(min_value=-(2**52), max_value=2**52))
def test_stored_integers_survive_every_unit(pair, value):
    dimension, unit = pair
    assert to_base(from_base(value, unit, dimension), unit, dimension) == value


@given(dimension_and_unit, st.integers(min_value=0, max_value=2**40), st.sampled_from(["zh", "en"]))
def test_what_is_shown_can_be_read_back(pair, value, locale):
    dimension, unit = pair
    shown = format_quantity(value, dimension, unit, locale)
    parsed = parse_quantity(shown, dimension=dimension, default_unit=unit)
    assert (parsed.minimum, parsed.maximum) == (value, value), shown


@given(st.text(max_size=40), st.sampled_from(sorted(DIMENSIONS)))
def test_no_text_breaks_the_reader(text, dimension):
    try:
        parsed = parse_quantity(text, dimension=dimension)
    except BadQuantity:
        return
    assert parsed.unit in DIMENSIONS[dimension].units


def test_written_values_come_back_short():
    assert from_base(to_base(90, "tonf", "force"), "tonf", "force") == 90
    assert from_base(to_base(5, "PS", "power"), "PS", "power") == 5
    assert format_quantity(12_000, "rotation_speed", "rpm", "en") == "12,000 r/min"
    assert format_quantity(600_000, "length", "mm", "zh") == "600 mm"
    assert format_quantity(30_000, "angle", "arcsec", "zh") == "30″"
    assert format_quantity(120, "throughput", "pcs/h", "zh") == "120 件/小时"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("行程 800×500×500mm, 主轴12000rpm", ["800×500×500mm", "12000rpm"]),
        ("钛合金 五轴 600mm ±0.01", ["600mm", "±0.01"]),
        ("VMC850 立加 850 M6 CK6140 VF-2SS DK7740", []),
        ("5-axis mill, 600 mm part, ±0.01, 12 hours before Friday", ["600 mm", "±0.01", "12 hours"]),
        ("chamber -40~150℃ for 72h", ["-40~150℃", "72h"]),
        ("激光切割 3000x1500 6kW 碳钢 20mm", ["3000x1500", "6kW", "20mm"]),
        ("90T 注塑机 后天 8:00-18:00", ["90T"]),
        ("11月30日 至 12月4日", []),
        ("月租 仓库 500平", ["500平"]),
        ("φ50×120mm 轴 Φ400 卡盘", ["φ50×120mm", "Φ400"]),
        ("Bruker 12T FTICR", ["12T"]),
        ("3D打印 HRC58-62 真空度 6.7×10⁻³Pa", ["HRC58-62", "6.7×10⁻³Pa"]),
        ("承重500kg以上 １２００ｍｍ 5丝", ["500kg以上", "１２００ｍｍ", "5丝"]),
        ("800х600х500", ["800х600х500"]),
        ("平面3平面 5方案 2转塔 GB/T 4754-2017", []),
    ],
)
def test_quantities_are_found_in_prose(text, found):
    assert [item.text for item in find_quantities(text)] == found


def test_a_found_size_is_read_part_by_part():
    (size,) = find_quantities("行程 800×500×500mm")
    assert [part.maximum for part in size.parse("length")] == [800_000, 500_000, 500_000]
    assert "length" in size.dimensions


@given(st.text(alphabet=st.sampled_from(list("0123456789.,-~±≤ΦxX× mkgTVMC轴行程℃⁻³")), max_size=60))
def test_found_spans_lie_in_the_text_in_order(text):
    end = 0
    for item in find_quantities(text):
        assert end <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == item.text
        end = item.end
