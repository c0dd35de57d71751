"""What machines of each resource type look like: believable figures by size class, models, makers, words.

The files beside this module hold them, one a family of the catalogue. A cell lists one figure for each size class,
parted by "|"; "/" parts alternatives of one class; lists name option codes, of which the first two always hold.
"""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from marketplace.listings.catalogue import (
    AttributeDefinition,
    AttributeValue,
    ResourceType,
    load_catalogue,
    parse_attribute,
)

FOLDER = Path(__file__).with_name("specifications")
MOST_OPTIONS = 6
ALWAYS_HELD = 2


@dataclass(frozen=True, slots=True)
class Maker:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One resource type: `count` listings in a full park, a model and a column of figures for each size class."""

    code: str
    count: int
    sizes: int
    models: tuple[str, ...]
    cells: Mapping[str, tuple[str, ...]]
    makers: tuple[Maker, ...]
    uses: tuple[str, str]
    practices: tuple[tuple[str, str], ...]

    def model(self, size: int) -> str:
        return _at(self.models, size) if self.models else ""

    def attributes(self, size: int, dice: random.Random) -> dict[str, AttributeValue]:
        """The attributes of one machine of a size class, counted from 0."""
        known, found = load_catalogue().attributes, dict[str, AttributeValue]()
        for code, cells in self.cells.items():
            cell = _at(cells, size)
            if cell and cell != "—":
                found[code] = _value(known[code], cell, dice)
        return found


def _at(columns: tuple[str, ...], size: int) -> str:
    return columns[min(size, len(columns) - 1)]


def _value(definition: AttributeDefinition, cell: str, dice: random.Random) -> AttributeValue:
    match definition.kind:
        case "list":
            options = cell.split()
            wanted = min(len(options), dice.randint(3, MOST_OPTIONS))
            more = dice.sample(options[ALWAYS_HELD:], k=max(0, wanted - ALWAYS_HELD))
            return {"words": sorted([*options[:ALWAYS_HELD], *more])}
        case "text":
            return {"text": cell}
        case _:
            return _read(definition.code, dice.choice(cell.split("/")).strip())


@cache
def _read(code: str, text: str) -> AttributeValue:
    return parse_attribute(load_catalogue().attributes[code], text)


@lru_cache(maxsize=1)
def load_profiles() -> Mapping[str, Profile]:
    """Type code → profile, in the order of the files."""
    found: dict[str, Profile] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        family = tables.pop("family")
        for code, table in tables.items():
            found[code] = _profile(load_catalogue().types[code], family, table)
    return found


def _profile(kind: ResourceType, family: Mapping[str, Any], table: dict[str, Any]) -> Profile:
    written = dict(table)
    count, uses = written.pop("count"), (written.pop("zh"), written.pop("en"))
    models = _columns(written.pop("models", ""))
    if "certificates" in kind.attributes and "certificates" in family:
        written.setdefault("certificates", family["certificates"])
    cells = {code: _columns(text) for code, text in written.items()}
    if strange := set(cells) - set(kind.attributes):
        raise ValueError(f"{kind.code}: not its attributes: {', '.join(sorted(strange))}")
    return Profile(
        code=kind.code,
        count=count,
        sizes=max(len(models), *(len(columns) for columns in cells.values())),
        models=models,
        cells=cells,
        makers=tuple(Maker(*name.split("|")) for name in family["makers"]),
        uses=uses,
        practices=tuple(zip(family["practice_zh"], family["practice_en"], strict=True)),
    )


def _columns(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in text.split("|")) if text else ()
