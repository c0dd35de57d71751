"""The shipped resource types are consistent, and machines, columns and values are recognised by them."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.listings.catalogue import (
    BadAttribute,
    BadCatalogue,
    check_attribute,
    format_attribute,
    load_catalogue,
    parse_attribute,
)
from marketplace.listings.catalogue_reader import FOLDER, read_definitions
from marketplace.listings.catalogue_recognition import _folded

CATALOGUE = load_catalogue()
DRAWINGS = {
    "machining-centre",
    "gantry",
    "lathe",
    "press",
    "injection-moulding",
    "metrology",
    "test-chamber",
    "warehouse",
    "service",
    "grinder",
    "edm",
    "laser-cutter",
    "sheet-metal",
    "robot",
    "additive",
    "smt",
    "semiconductor",
    "bioreactor",
    "furnace",
    "coating",
    "assembly-line",
    "spectrometer",
    "microscope",
    "tool",
    "crane",
    "truck",
    "maintenance",
    "inspection",
    "data",
    "design",
    "electronics-test",
    "saw",
    "welding",
    "clean-room",
}


def test_every_family_of_the_park_is_there():
    assert len(CATALOGUE.leaves()) >= 90
    assert {family.kind for family in CATALOGUE.types.values()} == {
        "equipment",
        "tool",
        "line",
        "instrument",
        "service",
    }
    assert len(CATALOGUE.families()) >= 12


def test_every_leaf_can_be_shown_booked_and_handed_over():
    for resource_type in CATALOGUE.leaves():
        assert resource_type.attributes, resource_type.code
        assert 1 <= len(resource_type.key_attributes) <= 4, resource_type.code
        assert resource_type.drawing in DRAWINGS, resource_type.code
        assert resource_type.checklist, resource_type.code
        assert resource_type.sector, resource_type.code
        assert resource_type.rent_yuan_per_hour is not None
        low, high = resource_type.rent_yuan_per_hour
        assert 0 < low < high


def test_no_word_names_two_types():
    named: dict[str, str] = {}
    for resource_type in CATALOGUE.types.values():
        for word in (resource_type.zh, resource_type.en, *resource_type.aliases):
            assert named.setdefault(_folded(word), resource_type.code) == resource_type.code, word


def test_every_leaf_is_recognised_by_all_its_names():
    for resource_type in CATALOGUE.leaves():
        for name in (resource_type.zh, resource_type.en, *resource_type.aliases):
            found = CATALOGUE.recognise(name.removeprefix("="))
            assert found is not None, name
            assert found.type_code == resource_type.code, name


def test_no_header_word_means_two_attributes_of_one_type_at_the_same_rank():
    for resource_type in CATALOGUE.leaves():
        own = CATALOGUE.attributes_of(resource_type.code)
        names = [name for attribute in own for name in {attribute.zh, attribute.en}]
        assert len(names) == len(set(names)), resource_type.code


@pytest.mark.parametrize(
    ("text", "hints", "code"),
    [
        ("数控车床 CK6140", [], "cnc_lathe"),
        ("CNC车床", [], "cnc_lathe"),
        ("数控车床CK6140", [], "cnc_lathe"),
        ("立式加工中心 VMC850", [], "vertical_machining_centre"),
        ("加工中心", ["VMC850"], "vertical_machining_centre"),
        ("加工中心", [], "machining_centre"),
        ("五轴加工中心", ["DMU 50"], "five_axis_machining_centre"),
        ("龙门加工中心", [], "gantry_machining_centre"),
        ("车铣复合", [], "turn_mill_centre"),
        ("普通车床", ["CA6140"], "conventional_lathe"),
        ("车床", ["CK6150"], "cnc_lathe"),
        ("", ["DK7740"], "fast_wire_edm"),
        ("平面磨床 M7130", [], "surface_grinder"),
        ("磨床", ["M1432B"], "cylindrical_grinder"),
        ("刀具磨床", [], "tool_grinder"),
        ("摇臂钻床Z3050", [], "drilling_machine"),
        ("海天注塑机 MA1600", [], "injection_moulding_machine"),
        ("压铸机", ["DCC280"], "die_casting_machine"),
        ("光纤激光切割机", [], "laser_cutter"),
        ("焊接机器人", [], "welding_robot"),
        ("SCARA", [], "scara_robot"),
        ("Delta", ["Delta Electronics"], "delta_robot"),
        ("UR10e", [], "collaborative_robot"),
        ("Palletizing", [], "palletizing_robot"),
        ("3D printing FDM", [], "fdm_printer"),
        ("CNC milling/routing", [], "cnc_router"),
        ("三坐标测量机", [], "cmm"),
        ("CMM", [], "cmm"),
        ("BrukerFTMS", [], "fticr"),
        ("12T_FTICR_Agilent", [], "fticr"),
        ("Mass Spectrometer: General Analytical", [], "mass_spectrometer"),
        ("Mass Spectrometer", ["Q Exactive HF"], "orbitrap"),
        ("PrepHPLC3", [], "chromatography_skid"),
        ("Waters nanoAcquity LC", [], "liquid_chromatograph"),
        ("恒温恒湿试验箱", [], "environmental_chamber"),
        ("盐雾箱", [], "salt_spray_chamber"),
        ("3吨叉车", [], "forklift"),
        ("行车", [], "crane"),
        ("注塑模具", [], "mould"),
        ("注塑机模具", [], "mould"),
        ("机器人夹具", [], "fixture"),
        ("模温机", [], "moulding_auxiliary"),
        ("冷库", [], "cold_store"),
        ("工业设计", [], "industrial_design"),
        ("验货", [], "goods_inspection"),
        ("贴片机", [], "pick_and_place"),
        ("回流焊", [], "reflow_oven"),
        ("冻干机", [], "lyophilizer"),
    ],
)
def test_machines_are_recognised(text, hints, code):
    found = CATALOGUE.recognise(text, hints=hints)
    assert found is not None
    assert found.type_code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "刀柄 BT40",
        "办公桌",
        "张三",
        "Delta Electronics DC06",
        "A-001",
        "备注",
        "轴承 6205",
        "叉车电池",
        "行车轨道",
        "打印纸",
        "500 AXIS 4",
        "Smith",
    ],
)
def test_no_type_rather_than_a_wrong_one(text):
    assert CATALOGUE.recognise(text) is None


@given(st.text(max_size=60))
def test_any_text_may_be_asked(text):
    found = CATALOGUE.recognise(text, hints=[text])
    assert found is None or found.type_code in CATALOGUE.types


@pytest.mark.parametrize(
    ("header", "type_code", "codes"),
    [
        ("X轴行程(mm)", "vertical_machining_centre", ["travel_x"]),
        ("行程X", "vertical_machining_centre", ["travel_x"]),
        ("X travel", None, ["travel_x"]),
        ("X-Achse", "five_axis_machining_centre", ["travel_x"]),
        ("行程（X×Y×Z）", "vertical_machining_centre", ["travel_x", "travel_y", "travel_z"]),
        ("行程", "cmm", ["measuring_x", "measuring_y", "measuring_z"]),
        ("行程", None, []),
        ("主轴转速 r/min", "machining_centre", []),
        ("主轴转速(r/min)", "machining_centre", ["spindle_speed"]),
        ("吨位", "injection_moulding_machine", ["clamping_force"]),
        ("吨位", "stamping_press", ["press_force"]),
        ("吨位", None, []),
        ("payload_kg", "articulated_robot", ["payload"]),
        ("reach_mm", "articulated_robot", ["reach"]),
        ("repeatability_mm", "articulated_robot", ["repeatability"]),
        ("bed_width_mm", "fdm_printer", ["build_x"]),
        ("bed_width_mm", "cnc_router", ["travel_x"]),
        ("工作台尺寸", "vertical_machining_centre", ["table_length", "table_width"]),
        ("重量", "articulated_robot", ["robot_weight"]),
        ("资产编号", None, []),
    ],
)
def test_columns_are_matched_to_attributes(header, type_code, codes):
    assert [found.code for found in CATALOGUE.attributes_for_header(header, type_code)] == codes


@pytest.mark.parametrize(
    ("code", "text", "value", "zh", "en"),
    [
        ("travel_x", "0.6 m", {"number": 600_000}, "600 mm", "600 mm"),
        ("positioning_accuracy", "±0.01", {"number": 10_000}, "±0.01 mm", "±0.01 mm"),
        ("positioning_accuracy", "0.005", {"number": 5_000}, "±0.005 mm", "±0.005 mm"),
        ("clamping_force", "90T", {"number": 882_598_500}, "90 t", "90 t"),
        ("spindle_speed", "60-12000", {"number": 12_000}, "12,000 r/min", "12,000 r/min"),
        ("temperature_range", "-70~150℃", {"min": -70_000, "max": 150_000}, "-70~150 °C", "-70–150 °C"),
        ("mould_thickness", "150-400", {"min": 150_000, "max": 400_000}, "150~400 mm", "150–400 mm"),
        ("mass_range", "≥ 50", {"min": 50_000, "max": None}, "≥ 50 Da", "≥ 50 Da"),
        ("control_system", "FANUC 0i-MF", {"word": "fanuc"}, "发那科", "Fanuc"),
        ("tool_holder", "HSK63A", {"word": "hsk_a63"}, "HSK-A63", "HSK-A63"),
        ("cleanliness", "万级", {"word": "iso7"}, "ISO 7（万级）", "ISO 7 (class 10,000)"),
        ("cleanliness", "十万级", {"word": "iso8"}, "ISO 8（十万级）", "ISO 8 (class 100,000)"),
        ("materials", "钛合金、不锈钢/铝", {"words": ["titanium", "stainless_steel", "aluminium"]}, "钛合金、不锈钢、铝合金", "titanium, stainless steel, aluminium"),
        ("certificates", "ISO9001；CNAS", {"words": ["iso9001", "cnas"]}, "ISO 9001、CNAS", "ISO 9001, CNAS"),
        ("robot_tasks", "Assembly; Material Handling", {"words": ["assembly", "material_handling"]}, "装配、搬运", "assembly, material handling"),
        ("through_coolant", "有", {"bool": True}, "是", "yes"),
        ("through_coolant", "N", {"bool": False}, "否", "no"),
        ("part_name", " 支架 ", {"text": "支架"}, "支架", "支架"),
    ],
)  # fmt: skip
def test_attributes_are_read_stored_and_shown(code, text, value, zh, en):
    definition = CATALOGUE.attributes[code]
    stored = parse_attribute(definition, text)
    assert stored == value
    assert check_attribute(definition, stored) == value
    assert (format_attribute(definition, stored, "zh_CN"), format_attribute(definition, stored, "en")) == (zh, en)


def test_a_columns_unit_counts_where_the_cell_has_none():
    definition = CATALOGUE.attributes["travel_x"]
    assert parse_attribute(definition, "1.2", unit="m") == {"number": 1_200_000}
    assert parse_attribute(definition, "800mm", unit="m") == {"number": 800_000}


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        ("travel_x", "大", "bad_number"),
        ("travel_x", "5 kg", "bad_unit"),
        ("control_system", "自制", "bad_word"),
        ("materials", "月光", "bad_word"),
        ("through_coolant", "也许", "bad_bool"),
    ],
)
def test_faulty_cells_are_named(code, text, fault):
    with pytest.raises(BadAttribute) as caught:
        parse_attribute(CATALOGUE.attributes[code], text)
    assert (caught.value.code, caught.value.attribute, caught.value.text) == (fault, code, text)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("travel_x", {"number": 1.5}),
        ("travel_x", {"number": True}),
        ("travel_x", {"number": 2**63}),
        ("travel_x", {"number": 1, "extra": 2}),
        ("travel_x", {"min": 1, "max": 2}),
        ("temperature_range", {"min": 5, "max": 1}),
        ("temperature_range", {"min": None, "max": None}),
        ("control_system", {"word": "nonsense"}),
        ("materials", {"words": ["titanium", 3]}),
        ("materials", {"words": []}),
        ("through_coolant", {"bool": 1}),
        ("part_name", {"text": 1}),
    ],
)
def test_values_of_another_shape_are_refused(code, value):
    with pytest.raises(BadAttribute):
        check_attribute(CATALOGUE.attributes[code], value)


numeric = st.sampled_from([a for a in CATALOGUE.attributes.values() if a.kind in {"quantity", "range"}])


@given(numeric, st.integers(0, 2**40), st.integers(0, 2**40), st.sampled_from(["zh", "en"]))
def test_what_is_shown_is_read_back(definition, one, other, locale):
    low, high = sorted((one, other))
    value = {"number": high} if definition.kind == "quantity" else {"min": low, "max": high}
    assert parse_attribute(definition, format_attribute(definition, value, locale)) == value


def test_a_contradiction_in_the_files_is_named(tmp_path: Path):
    folder = tmp_path / "resource_types"
    shutil.copytree(FOLDER, folder)
    lines = folder / "lines.toml"
    lines.write_text(
        lines.read_text(encoding="utf-8").replace('"line_rate", "stations"', '"line_rate", "no_such"'), encoding="utf-8"
    )
    with pytest.raises(BadCatalogue, match="no_such"):
        read_definitions(folder)
