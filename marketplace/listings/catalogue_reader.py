"""Reads the shipped resource types (`resource_types/*.toml`) and names every contradiction in them.

`attributes.toml` holds groups, attributes and compound headers, `checklists.toml` the lists of handover
items; every other file is a family with its types. A type takes from its parent what it does not say.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from marketplace.kernel.units import DIMENSIONS
from marketplace.listings.catalogue_definitions import (
    AttributeDefinition,
    AttributeGroup,
    AttributeOption,
    BadCatalogue,
    ChecklistItem,
    ResourceType,
    attribute_kinds,
    type_kinds,
)

FOLDER = Path(__file__).with_name("resource_types")
SHARED = ("attributes.toml", "checklists.toml")
INHERITED = ("kind", "attributes", "key", "drawing", "meter", "checklist", "certificate", "rent", "sector")
METERS = ("machine_hour", "piece", "sample", "none")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompoundHeader:
    """Column headers whose cells hold several attributes in this order: 行程 over "800×500×500"."""

    attributes: tuple[str, ...]
    headers: tuple[str, ...]


@dataclass(frozen=True)
class Definitions:
    """Everything the files say, checked."""

    groups: Mapping[str, AttributeGroup]
    attributes: Mapping[str, AttributeDefinition]
    compounds: tuple[CompoundHeader, ...]
    types: Mapping[str, ResourceType]


@dataclass
class _Faults:
    texts: list[str] = field(default_factory=list[str])

    def note(self, *, where: str, fault: str, when: bool) -> None:
        if when:
            self.texts.append(f"{where}: {fault}")


def read_definitions(folder: Path = FOLDER) -> Definitions:
    """The resource types of a folder; BadCatalogue lists every fault found."""
    faults = _Faults()
    shared = _toml(folder / "attributes.toml")
    groups = {code: AttributeGroup(code, row["zh"], row["en"]) for code, row in shared["groups"].items()}
    options = {code: _options(rows) for code, rows in shared.get("options", {}).items()}
    attributes = {code: _attribute(code, row, groups, options) for code, row in shared["attributes"].items()}
    compounds = tuple(_compounds(shared))
    checklists = {
        code: tuple(ChecklistItem(item, zh, en) for item, (zh, en) in items.items())
        for code, items in _toml(folder / "checklists.toml").items()
    }
    types = _types(folder, checklists, faults)
    for definition in attributes.values():
        _check_attribute(definition, faults)
    for compound in compounds:
        unknown = set(compound.attributes) - attributes.keys()
        faults.note(where=compound.headers[0], fault=f"unknown attributes {unknown}", when=bool(unknown))
    for resource_type in types.values():
        _check_type(resource_type, attributes, types, faults)
    if faults.texts:
        raise BadCatalogue("\n".join(faults.texts))
    return Definitions(groups, attributes, compounds, types)


def _toml(path: Path) -> Row:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadCatalogue(f"{path.name}: {error}") from error


def _compounds(shared: Row) -> Iterable[CompoundHeader]:
    for row in cast("list[Row]", shared.get("compounds", [])):
        yield CompoundHeader(tuple(row["attributes"]), tuple(row["headers"]))


def _options(rows: Row) -> tuple[AttributeOption, ...]:
    return tuple(AttributeOption(code, words[0], words[1], tuple(words[2:])) for code, words in rows.items())


def _attribute(
    code: str, row: Row, groups: Mapping[str, AttributeGroup], options: Mapping[str, tuple[AttributeOption, ...]]
) -> AttributeDefinition:
    try:
        return AttributeDefinition(
            code=code,
            zh=row["zh"],
            en=row["en"],
            kind=row.get("kind", "quantity"),
            dimension=row.get("dimension"),
            unit=row.get("unit"),
            better=row.get("better", "none"),
            group=groups[row["group"]],
            headers=tuple(row.get("headers", ())),
            options=options[row["options"]] if "options" in row else (),
            plus_minus=row.get("plus_minus", False),
        )
    except KeyError as error:
        raise BadCatalogue(f"attributes.toml: {code}: {error}") from error


def _types(
    folder: Path, checklists: Mapping[str, tuple[ChecklistItem, ...]], faults: _Faults
) -> dict[str, ResourceType]:
    rows: dict[str, Row] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in SHARED:
            continue
        document = _toml(path)
        family: Row = document["family"]
        members: list[Row] = [{**family, "parent": None}, *document.get("types", [])]
        for row in members:
            code: str = row["code"]
            faults.note(where=code, fault="defined twice", when=code in rows)
            rows[code] = {**row, "parent": row.get("parent", family["code"]), "family": family["code"]}
        rows[family["code"]]["parent"] = None
    return {code: _type(row, rows, checklists) for code, row in rows.items()}


def _type(row: Row, rows: Mapping[str, Row], checklists: Mapping[str, tuple[ChecklistItem, ...]]) -> ResourceType:
    try:
        known = {name: _inherited(row, name, rows) for name in INHERITED}
        rent = known["rent"]
        return ResourceType(
            code=row["code"],
            family=row["family"],
            parent=row["parent"],
            kind=known["kind"],
            zh=row["zh"],
            en=row["en"],
            aliases=tuple(row.get("aliases", ())),
            models=tuple(row.get("models", ())),
            attributes=tuple(known["attributes"] or ()),
            key_attributes=tuple(known["key"] or ()),
            drawing=known["drawing"],
            meter=known["meter"],
            checklist=checklists[known["checklist"]],
            needs_certificate=bool(known["certificate"]),
            rent_yuan_per_hour=(rent[0], rent[1]) if rent else None,
            sector=known["sector"],
        )
    except KeyError as error:
        raise BadCatalogue(f"{row['code']}: {error}") from error


def _inherited(row: Row, name: str, rows: Mapping[str, Row]) -> Any:
    while name not in row and row["parent"]:
        row = rows[row["parent"]]
    return row.get(name)


def _check_attribute(definition: AttributeDefinition, faults: _Faults) -> None:
    numeric = definition.kind in {"quantity", "range"}
    dimension = DIMENSIONS.get(definition.dimension or "")
    units = dimension.units if dimension else ()
    faults.note(where=definition.code, fault="unknown kind", when=definition.kind not in attribute_kinds)
    faults.note(where=definition.code, fault="unknown dimension", when=numeric and not units)
    faults.note(where=definition.code, fault="unknown unit", when=numeric and definition.unit not in units)
    faults.note(
        where=definition.code, fault="no options", when=definition.kind == "enumeration" and not definition.options
    )


def _check_type(
    resource_type: ResourceType,
    attributes: Mapping[str, AttributeDefinition],
    types: Mapping[str, ResourceType],
    faults: _Faults,
) -> None:
    where = resource_type.code
    unknown = sorted(set(resource_type.attributes) - attributes.keys())
    foreign = sorted(set(resource_type.key_attributes) - set(resource_type.attributes))
    faults.note(where=where, fault=f"unknown attributes {unknown}", when=bool(unknown))
    faults.note(where=where, fault=f"key attributes it does not have {foreign}", when=bool(foreign))
    faults.note(where=where, fault="unknown kind", when=resource_type.kind not in type_kinds)
    faults.note(where=where, fault="unknown meter", when=resource_type.meter not in METERS)
    faults.note(where=where, fault="unknown parent", when=resource_type.parent not in {None, *types})
    twice = len(set(resource_type.attributes)) < len(resource_type.attributes)
    faults.note(where=where, fault="an attribute twice", when=twice)
    for pattern in resource_type.models:
        try:
            re.compile(pattern)
        except re.error as error:
            faults.note(where=where, fault=f"{pattern}: {error}", when=True)
