"""Attribute cells: units from the cell, else the header, else the attribute's usual unit; compounds and prose."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marketplace.kernel.quantities import (
    DIMENSIONS,
    BadQuantity,
    Dimension,
    dimension_of,
    from_base,
    normalise,
    parse_quantity,
)
from marketplace.listings.catalogue import (
    AttributeDefinition,
    AttributeValue,
    BadAttribute,
    load_catalogue,
    parse_attribute,
)
from marketplace.listings.ledger.cells.plain import folded, is_unknown
from marketplace.listings.ledger.json_form import number
from marketplace.listings.ledger.outcome import LedgerAttribute

BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]*)[)\]）】]")
LAST_WORD = re.compile(r"(?:[\s_/:：,，]|(?<=[\u4e00-\u9fff]))([A-Za-zμµΩ°℃%‰\"′″·/^²³0-9]{1,10})\s*$")
ENDING_UNIT = re.compile(
    r"(?P<term>.*[^\s/_:,，：])(?:\s*[/_:,，：]\s*|\s+|(?<=[\u4e00-\u9fff])(?=[A-Za-zμ℃%]))(?P<unit>[A-Za-zμ℃°%/·^²³0-9]{1,9}|毫米|吨|公斤|千瓦|转/分|千克|米)"
)
COMPOUND = re.compile(r"\s*(?:[×xX*＊хХ✕╳/,，;；、]|(?<=\d)\s+(?=\d)|\n)\s*")
AXIS_LABEL = re.compile(r"^\s*(?:[XYZABCLWHDxyzlwhd]|长|宽|高|φ|Φ|直径)(?:轴|向|[:：=])?\s*(?=[\d±.])")
ZERO = re.compile(r"[+-]?0+(?:\.0*)?")
ZERO_COUNTS = frozenset({"temperature", "ratio", "angle"})
"""Dimensions in which nought is a figure; in all others 0 stands for unknown."""
FRAGMENTS = re.compile(r"[;；，。\n、|]|,(?!\d{3}(?!\d))|\.(?=\s|$)")
LABELLED = re.compile(r"\s*(?P<label>[^\d:：=±≤≥<>～~φΦ]{1,24}?)\s*[:：=]?\s*(?P<value>[±≤≥<>～~约φΦ+-]{0,2}\s*\d.*)")
TELLING_LABEL = re.compile(r"[\u3400-\u9fff]{2}|[\u3400-\u9fff]\s*[XYZxyz]|[XYZxyz]\S?[\u3400-\u9fff]|[A-Za-z]{3}")
"""A model such as X52 is no travel of 52 mm: a label is a word."""
BY_WORDS = re.compile(r"\s*(?P<label>[^:：=]{2,20})\s*[:：=]\s*(?P<value>.+)")
UNIT_SIGNS = {"percent": "%", "permille": "‰"}
"""Units are given by their codes (mm, um, rpm, degC, tonf); these have a plainer sign."""
SPINDLE_PLACEHOLDERS = frozenset({"100"})


@lru_cache(maxsize=8192)
def attributes_named(header: str, type_code: str) -> tuple[str, ...]:
    """Codes of the attributes that a header or label means on this type of machine."""
    catalogue = load_catalogue()
    for spelling in spellings(header):
        if found := catalogue.attributes_for_header(spelling, type_code):
            return tuple(definition.code for definition in found)
    return ()


@lru_cache(maxsize=8192)
def spellings(header: str) -> tuple[str, ...]:
    """A header and its shorter forms: without the unit, without 范围 and the like behind it, without 最大 before it."""
    plain = without_unit(header)
    base = BRACKETS.sub("", plain).strip()
    ended = re.sub(r"(?:范围|大小|数值|值|参数|\s*\(?max\.?\)?|\s*range)$", "", base, flags=re.IGNORECASE)
    begun = re.sub(
        r"^(?:最大|最高|额定|标称|总|机床|设备|整机|本机|max\.?\s+|rated\s+)", "", ended, flags=re.IGNORECASE
    )
    return tuple(dict.fromkeys(form for form in (header, plain, ended, begun) if len(form) > 1))


@lru_cache(maxsize=2048)
def without_unit(header: str) -> str:
    """行程X/mm → 行程X: a header without the unit it ends in."""
    match = ENDING_UNIT.fullmatch(normalise(header))
    if match and any(dimension.find_unit(match["unit"]) for dimension in DIMENSIONS.values()):
        return match["term"].strip()
    return header


@lru_cache(maxsize=2048)
def header_unit(header: str, dimension: str | None) -> str | None:
    """The unit code a header gives for a dimension, in brackets or as its last word."""
    if dimension is None:
        return None
    found = dimension_of(dimension)
    for written in _unit_words(header):
        if code := found.find_unit(written):
            return code
    return None


def _unit_words(header: str) -> list[str]:
    plain = normalise(header)
    words = [
        part.strip() for inside in BRACKETS.findall(plain) for part in (inside, *re.split(r"[,，;；:：\s]+", inside))
    ]
    if match := LAST_WORD.search(BRACKETS.sub("", plain).strip()):
        words.append(match[1])
    return [word for word in words if word]


@lru_cache(maxsize=2048)
def measured_by(header: str) -> Dimension | None:
    """The dimension whose unit a header states, when it holds no attribute we know: enough to check its figures."""
    for written in _unit_words(header):
        for dimension in DIMENSIONS.values():
            if written not in {"m", "A", "T", "h", "s", "t", "C", "F", "h/d"} and dimension.find_unit(written):
                return dimension
    return None


@lru_cache(maxsize=20_000)
def read_attribute(codes: tuple[str, ...], text: str, header: str) -> tuple[LedgerAttribute, ...]:
    """What a cell says of one attribute, or of several in a compound column; empty for unknown and 0.

    Raises `BadAttribute` with `bad_number` or `bad_unit`; words outside an attribute's list are no fault.
    """
    plain = normalise(re.sub(r"(?<=\d)\s*、\s*(?=\d)", "/", text))
    definitions = [load_catalogue().attributes[code] for code in codes]
    if is_unknown(plain):
        return ()
    if len(definitions) > 1:
        return _compound(definitions, plain, header)
    found = _single(definitions[0], plain, header)
    return (found,) if found else ()


def _single(definition: AttributeDefinition, text: str, header: str) -> LedgerAttribute | None:
    if definition.kind not in {"quantity", "range"}:
        return _worded(definition, text)
    if _stands_for_unknown(definition, text):
        return None
    text = _several_heads(text)
    unit = header_unit(header, definition.dimension)
    parsed = _parsed(definition, text, unit)
    if parsed is None:
        return None
    text, value = parsed
    suggested = (
        unit is None
        and definition.dimension not in {None, "count", "ratio", "hardness"}
        and not _unit_given(definition, text)
    )
    return LedgerAttribute(definition.code, value, _shown(definition, value, text, unit), suggested)


def _parsed(definition: AttributeDefinition, text: str, unit: str | None) -> tuple[str, AttributeValue] | None:
    """The part of the text that was read, and its value.

    None where the cell says several things, or less than the attribute's smallest step.
    """
    try:
        value = parse_attribute(definition, text, unit=unit)
    except BadAttribute as error:
        shorter = LEADING_WORDS.sub("", BRACKETED_REMARK.sub("", text))
        if shorter not in {"", text}:
            return _parsed(definition, shorter, unit)
        if GRADE.fullmatch(text) or SIDES.fullmatch(text) or is_prose_with_figures(text, definition.dimension):
            return None
        code = "bad_number" if LETTER_IN_FIGURE.search(text) else error.code
        raise BadAttribute(code, definition.code, text) from error
    return None if value.get("number") == 0 and re.search(r"[1-9]", text) else (text, value)


def _several_heads(text: str) -> str:
    """1.75/1.75/1.75/1.75 and 410*410 are one figure; three or more different ones are a span."""
    sides = SIDES.fullmatch(text)
    if sides and sides["first"] == sides["second"]:
        return sides["first"] + (sides["unit"] or "")
    listed = LISTED.fullmatch(text)
    parts = LIST_MARKS.split(listed["figures"]) if listed else []
    if not listed or len(parts) < 2:
        return text
    figures = sorted({Decimal(part.strip()) for part in parts})
    if len(figures) == 1:
        return f"{parts[0].strip()}{listed['unit']}"
    return f"{figures[0]}~{figures[-1]}{listed['unit']}" if len(parts) > 2 or "、" in text else text


def _worded(definition: AttributeDefinition, text: str) -> LedgerAttribute | None:
    try:
        value = parse_attribute(definition, text)
    except BadAttribute:
        return None
    return LedgerAttribute(definition.code, value, _shown(definition, value, text, None))


def _stands_for_unknown(definition: AttributeDefinition, text: str) -> bool:
    if ZERO.fullmatch(text):
        return definition.dimension not in ZERO_COUNTS
    return definition.code == "spindle_speed" and text in SPINDLE_PLACEHOLDERS


def _unit_given(definition: AttributeDefinition, text: str) -> bool:
    try:
        return parse_quantity(text, dimension=definition.dimension or "count", default_unit=definition.unit).unit_given
    except BadQuantity:
        return False


def _shown(definition: AttributeDefinition, value: AttributeValue, text: str, unit: str | None) -> Mapping[str, Any]:
    match definition.kind:
        case "quantity":
            return _shown_quantity(definition, value, text, unit)
        case "range":
            bounds = {name: value.get(name) for name in ("min", "max")}
            return {
                **{name: _figure(definition, bound) for name, bound in bounds.items() if isinstance(bound, int)},
                **_unit_of(definition),
            }
        case "boolean":
            return {"bool": value.get("bool", False)}
        case "enumeration":
            option = definition.option(value.get("word", ""))
            return {"text": option.zh if option else text}
        case "list":
            options = [(definition.option(word), word) for word in value.get("words", [])]
            return {"values": [option.zh if option else word for option, word in options]}
        case "text":
            return {"text": value.get("text", "")}


def _shown_quantity(
    definition: AttributeDefinition, value: AttributeValue, text: str, unit: str | None
) -> Mapping[str, Any]:
    """A span written for a single figure is shown as the span it was."""
    parsed = parse_quantity(text, dimension=definition.dimension or "count", default_unit=unit or definition.unit)
    if (
        not parsed.plus_minus
        and parsed.minimum is not None
        and parsed.maximum is not None
        and parsed.minimum != parsed.maximum
    ):
        return {
            "min": _figure(definition, parsed.minimum),
            "max": _figure(definition, parsed.maximum),
            **_unit_of(definition),
        }
    return {"value": _figure(definition, value.get("number", 0)), **_unit_of(definition)}


def _figure(definition: AttributeDefinition, base: int) -> int | float:
    return number(from_base(base, definition.unit or "1", definition.dimension))


def _unit_of(definition: AttributeDefinition) -> Mapping[str, str]:
    if definition.dimension in {None, "count"} or not definition.unit:
        return {}
    return {"unit": UNIT_SIGNS.get(definition.unit, definition.unit)}


def _compound(definitions: Sequence[AttributeDefinition], text: str, header: str) -> tuple[LedgerAttribute, ...]:
    """880 x 595 x 1270 mm for three lengths, X800/Y500/Z550 by their letters; another number of parts says nothing."""
    if not any(mark.isdigit() for mark in text):
        raise BadAttribute("bad_number", definitions[0].code, text)
    parts = [AXIS_LABEL.sub("", part).strip() for part in COMPOUND.split(text) if part.strip()]
    if len(parts) != len(definitions):
        return ()
    unit = re.search(r"[^\d.\s)）]+\s*$", BRACKETS.sub("", parts[-1]))
    found: list[LedgerAttribute] = []
    for definition, part in zip(definitions, parts, strict=True):
        written = f"{part}{unit[0]}" if unit and re.fullmatch(r"[\d.,\s]+", part) else part
        attribute = _single(definition, written, header)
        if attribute:
            found.append(attribute)
    return tuple(found)


@lru_cache(maxsize=10_000)
def read_prose(text: str, type_code: str) -> tuple[LedgerAttribute, ...]:
    """Suggestions out of free text: 行程X/Y/Z：800/500/550mm；主轴转速12000rpm. Nothing unlabelled is taken."""
    found: dict[str, LedgerAttribute] = {}
    for fragment in FRAGMENTS.split(normalise(text).replace("\r", "\n"))[:60]:
        for attribute in _labelled(fragment, type_code):
            found.setdefault(attribute.code, attribute)
    return tuple(found.values())


def _labelled(fragment: str, type_code: str) -> Sequence[LedgerAttribute]:
    for pattern in (BY_WORDS, LABELLED):
        match = pattern.fullmatch(fragment)
        if not match or not TELLING_LABEL.search(match["label"]):
            continue
        codes = attributes_named(match["label"].strip(" -·*"), type_code)
        if not codes:
            continue
        try:
            read = read_attribute(codes, match["value"].strip(), match["label"])
        except BadAttribute:
            return ()
        return [LedgerAttribute(a.code, a.value, a.shown, suggested=True) for a in read]
    return ()


QUANTITY_IN_PROSE = re.compile(r"(?<![A-Za-z\d.])[±≤≥<>φΦ]?\s*\d+(?:\.\d+)?\s*[^\s\d,，;；、。/()（）]{1,6}")
SIDES = re.compile(
    r"(?P<first>\d+(?:\.\d+)?)\s*(?:mm|cm|m)?\s*[×xX*хХ✕]\s*(?P<second>\d+(?:\.\d+)?)(?:\s*[×xX*]\s*\d+(?:\.\d+)?)?\s*(?P<unit>[A-Za-z\u4e00-\u9fff]{1,4})?"
)
"""410*410 for one figure: both sides, when they agree."""
GRADE = re.compile(r"IT\s?\d{1,2}|[\d.]*\s*[一二三四五六七八九]?级|P\d|[ⅠⅡⅢI]+级?")
"""A grade of accuracy is no length and no mistake."""
BRACKETED_REMARK = re.compile(r"(?<=\S)\s*\([^()]*\)\s*$")
LEADING_WORDS = re.compile(r"^[\u3400-\u9fff]{2,8}[\s:：]*(?=[\d±≤≥<>φ.])")
LIST_MARKS = re.compile(r"\s*[/、;]\s*|,\s+")
LISTED = re.compile(r"(?P<figures>\d+(?:\.\d+)?(?:(?:\s*[/、;]\s*|,\s+)\d+(?:\.\d+)?)+)\s*(?P<unit>[^\d/、;,]{0,8})")
LETTER_IN_FIGURE = re.compile(r"\d[OoIl]+(?![A-Za-z])")
"""8OO for 800: the slip is in the number, not in the unit."""
HAN = re.compile(r"[\u3400-\u9fff]")


def is_prose_with_figures(text: str, dimension: str | None) -> bool:
    """碳钢20mm/不锈钢12mm in a column of thickness is neither one figure nor a mistake."""
    if dimension is None or not HAN.search(text):
        return False
    for match in QUANTITY_IN_PROSE.finditer(text):
        token = match[0]
        for end in range(len(token), 0, -1):
            try:
                parsed = parse_quantity(token[:end], dimension=dimension)
            except BadQuantity:
                continue
            if parsed.unit_given and len(text) > len(token[:end]):
                return True
            break
    return False


@lru_cache(maxsize=20_000)
def fault_of_figure(text: str, dimension: str) -> str | None:
    """`bad_number` or `bad_unit` when a cell under a header with a unit is no such quantity."""
    plain = normalise(text)
    if is_unknown(plain) or COMPOUND.search(plain) or is_prose_with_figures(plain, dimension):
        return None
    try:
        parse_quantity(plain, dimension=dimension, default_unit=dimension_of(dimension).base)
    except BadQuantity as error:
        return error.code if folded(plain) else None
    return None
