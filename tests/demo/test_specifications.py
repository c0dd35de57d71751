"""The demo's machines are believable: figures fit the type, materials are what such a machine works."""

import random

import pytest

from marketplace.app.demo.describing import describe
from marketplace.app.demo.specifications import Profile, load_profiles
from marketplace.kernel.quantities import from_base
from marketplace.listings.catalogue import check_attribute, load_catalogue

CATALOGUE = load_catalogue()
PROFILES = load_profiles()


def machines_of(profile: Profile):
    """One machine of every size class, several times over."""
    return [profile.attributes(size, random.Random(throw)) for size in range(profile.sizes) for throw in range(5)]


def test_every_leaf_type_has_a_profile():
    assert {kind.code for kind in CATALOGUE.leaves()} <= set(PROFILES)


def test_full_park_has_more_than_six_hundred_listings():
    assert sum(profile.count for profile in PROFILES.values()) >= 650


@pytest.mark.parametrize("code", PROFILES)
def test_every_figure_is_valid_and_no_listing_is_thin(code: str):
    for attributes in machines_of(PROFILES[code]):
        for name, value in attributes.items():
            check_attribute(CATALOGUE.attributes[name], value)
        assert len(attributes) >= min(4, len(CATALOGUE.types[code].attributes)) - 1


def figure(attributes, code: str):
    definition = CATALOGUE.attributes[code]
    return from_base(attributes[code]["number"], definition.unit or "1", definition.dimension or "count")


@pytest.mark.parametrize(
    ("code", "axes"),
    [
        ("vertical_machining_centre", {3}),
        ("drill_tap_centre", {3}),
        ("four_axis_machining_centre", {4}),
        ("five_axis_machining_centre", {5}),
        ("articulated_robot", {6}),
        ("scara_robot", {4}),
    ],
)
def test_axes_are_those_of_the_type(code: str, axes: set[int]):
    assert {figure(attributes, "axes") for attributes in machines_of(PROFILES[code])} == axes


@pytest.mark.parametrize(
    ("code", "never"),
    [
        ("cnc_lathe", {"acrylic", "glass", "wood", "gallium_arsenide", "silicon", "leather"}),
        ("five_axis_machining_centre", {"gallium_arsenide", "silicon", "wood", "rubber", "pp"}),
        ("injection_moulding_machine", {"carbon_steel", "aluminium", "glass"}),
        ("slow_wire_edm", {"acrylic", "glass", "wood", "pp", "ceramic"}),
        ("laser_cutter", {"rubber", "silicon", "titanium"}),
        ("anodizing_line", {"carbon_steel", "stainless_steel"}),
    ],
)
def test_materials_are_what_such_a_machine_works(code: str, never: set[str]):
    for attributes in machines_of(PROFILES[code]):
        assert attributes["materials"]["words"]
        assert not never & set(attributes["materials"]["words"])


def test_slow_wire_edm_is_no_gantry():
    assert max(figure(each, "travel_x") for each in machines_of(PROFILES["slow_wire_edm"])) <= 800


@pytest.mark.parametrize("code", PROFILES)
def test_owners_write_two_or_three_sentences_in_both_languages(code: str):
    kind, profile = CATALOGUE.types[code], PROFILES[code]
    written = describe(kind, profile, profile.attributes(0, random.Random(1)), year=2021, dice=random.Random(2))
    assert 2 <= written.zh.count("。") <= 3
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in written.en)
    assert len(written.zh) >= 20
