"""What the owners write about their machines in the demo park: two or three sentences of use, figures and custom."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.app.demo.specifications import Profile
from marketplace.listings.catalogue import (
    AttributeDefinition,
    AttributeValue,
    ResourceType,
    format_attribute,
    load_catalogue,
)

TOLD_FIGURES = 3
SINCE_ZH = ("{year} 年装机", "{year} 年购入，状态良好", "{year} 年投用，去年做过精度恢复", "{year} 年进厂，专人保养")
SINCE_EN = (
    "installed in {year}",
    "bought in {year} and in good order",
    "in use since {year}, its accuracy restored last year",
    "in the works since {year}, kept by one person",
)


@dataclass(frozen=True, slots=True)
class Description:
    zh: str
    en: str


def describe(
    kind: ResourceType,
    profile: Profile,
    attributes: Mapping[str, AttributeValue],
    *,
    year: int,
    dice: random.Random,
) -> Description:
    """The words for one listing; `year` is when the machine came into the works."""
    number = dice.randrange(len(SINCE_ZH))
    practice_zh, practice_en = dice.choice(profile.practices)
    figures_zh, figures_en = _figures(kind, attributes, "zh_CN"), _figures(kind, attributes, "en")
    use_zh, use_en = profile.uses
    if kind.kind in {"service", "line"} or not profile.makers:
        middle_zh = "，".join(figures_zh)
        middle_en = ", ".join(figures_en)
    else:
        middle_zh = "，".join([SINCE_ZH[number].format(year=year), *figures_zh])
        middle_en = ", ".join([SINCE_EN[number].format(year=year), *figures_en])
    zh, en = [use_zh, middle_zh, practice_zh], [use_en, middle_en, practice_en]
    if dice.random() < 0.3:
        zh[1], zh[2] = zh[2], zh[1]
        en[1], en[2] = en[2], en[1]
    return Description(
        "".join(f"{sentence}。" for sentence in zh if sentence),
        " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in en if sentence),
    )


def _is_told(definition: AttributeDefinition) -> bool:
    """Whether it can be said in both languages: figures and named options, not what an owner writes freely."""
    return definition.kind in {"quantity", "range", "enumeration"} or bool(definition.options)


def _figures(kind: ResourceType, attributes: Mapping[str, AttributeValue], locale: str) -> list[str]:
    """What buyers look at first, as "X 轴行程 800 mm"."""
    known, told = load_catalogue().attributes, list[str]()
    for code in (*kind.key_attributes, "materials"):
        definition = known.get(code)
        if definition is None or code not in attributes or not _is_told(definition):
            continue
        words = format_attribute(definition, attributes[code], locale)
        if locale == "en":
            name = definition.en if definition.en[1:2].isupper() else definition.en[:1].lower() + definition.en[1:]
            told.append(f"{name} {words}")
        else:
            told.append(f"{definition.zh} {words}")
    return told[:TOLD_FIGURES]
