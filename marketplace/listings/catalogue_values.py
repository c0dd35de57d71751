"""Attributes as written ↔ the one stored shape (`AttributeValue`) ↔ words for a reader."""

import re
from collections.abc import Mapping
from typing import cast

from marketplace.kernel.quantities import BadQuantity, format_quantity, normalise, parse_quantity
from marketplace.kernel.units import INT64_MAX, dimension_of
from marketplace.listings.catalogue_definitions import (
    AttributeDefinition,
    AttributeOption,
    AttributeValue,
    BadAttribute,
)

_YES = frozenset("是 有 y yes true t 1 √ ✓ ✔ v 支持 带 具备 配 已配 标配 可 可以 含 on ok on-site ja oui".split())  # noqa: SIM905
_NO = frozenset("否 无 没有 n no false f 0 × x ✗ ✕ 不支持 不带 不具备 未配 没配 不可 不含 none off nein non".split())  # noqa: SIM905
_SEPARATORS = re.compile(r"\s*(?:[;,、|\n+]|/(?!\d))\s*")
_MAX_TEXT = 2000


def parse_attribute(definition: AttributeDefinition, text: str, *, unit: str | None = None) -> AttributeValue:
    """The stored value of what somebody wrote; `unit` (a column's) counts where the text has none.

    A span given for a single figure counts with its upper end: the most a spindle turns, the worst a slide
    misses. Raises BadAttribute.
    """
    match definition.kind:
        case "quantity" | "range":
            return _parse_numbers(definition, text, unit or definition.unit)
        case "enumeration":
            return {"word": _option(definition, text)}
        case "list":
            return {"words": _options(definition, text)}
        case "boolean":
            return {"bool": _boolean(definition, text)}
        case "text":
            return {"text": text.strip()[:_MAX_TEXT]}


def _parse_numbers(definition: AttributeDefinition, text: str, unit: str | None) -> AttributeValue:
    try:
        parsed = parse_quantity(text, dimension=definition.dimension or "count", default_unit=unit)
    except BadQuantity as error:
        raise BadAttribute(error.code, definition.code, text) from error
    if definition.kind == "range":
        low = -parsed.maximum if parsed.plus_minus and parsed.maximum is not None else parsed.minimum
        return {"min": low, "max": parsed.maximum}
    figure = parsed.maximum if parsed.maximum is not None else parsed.minimum
    if figure is None:
        raise BadAttribute("bad_number", definition.code, text)
    return {"number": figure}


def _option(definition: AttributeDefinition, text: str) -> str:
    """The option meant: the same word, else the longest option word inside the text."""
    written = _folded(text)
    words = [(_folded(word), option.code) for option in definition.options for word in _words_of(option)]
    for word, code in words:
        if word == written:
            return code
    inside = [(len(word), code) for word, code in words if len(word) > 1 and _contains(written, word)]
    if not inside:
        raise BadAttribute("bad_word", definition.code, text)
    return max(inside)[1]


def _contains(text: str, word: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def _words_of(option: AttributeOption) -> tuple[str, ...]:
    return (option.code, option.zh, option.en, *option.aliases)


def _options(definition: AttributeDefinition, text: str) -> list[str]:
    pieces = [piece for piece in _SEPARATORS.split(normalise(text)) if piece.strip()]
    if not pieces:
        raise BadAttribute("bad_word", definition.code, text)
    if not definition.options:
        return list(dict.fromkeys(piece.strip() for piece in pieces))
    return list(dict.fromkeys(_option(definition, piece) for piece in pieces))


def _boolean(definition: AttributeDefinition, text: str) -> bool:
    word = _folded(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise BadAttribute("bad_bool", definition.code, text)


def _folded(text: str) -> str:
    return normalise(text).casefold()


def check_attribute(definition: AttributeDefinition, value: Mapping[str, object]) -> AttributeValue:
    """The value itself when it has the shape of its kind, else BadAttribute `bad_shape`."""
    if not _has_shape(definition, dict(value)):
        raise BadAttribute("bad_shape", definition.code, repr(value))
    return cast("AttributeValue", dict(value))


def _has_shape(definition: AttributeDefinition, value: dict[str, object]) -> bool:
    match definition.kind, value:
        case "quantity", {"number": figure, **rest}:
            fits = _is_integer(figure)
        case "range", {"min": low, "max": high, **rest}:
            fits = _is_range(low, high)
        case "enumeration", {"word": str() as word, **rest}:
            fits = definition.option(word) is not None
        case "list", {"words": words, **rest}:
            fits = isinstance(words, list) and _are_options(definition, cast("list[object]", words))
        case "boolean", {"bool": bool(), **rest}:
            fits = True
        case "text", {"text": str() as text, **rest}:
            fits = len(text) <= _MAX_TEXT
        case _:
            return False
    return fits and not rest


def _is_integer(figure: object) -> bool:
    return isinstance(figure, int) and not isinstance(figure, bool) and abs(figure) <= INT64_MAX


def _is_range(low: object, high: object) -> bool:
    given = [bound for bound in (low, high) if bound is not None]
    if not given or not all(_is_integer(bound) for bound in given):
        return False
    return len(given) == 1 or cast("int", low) <= cast("int", high)


def _are_options(definition: AttributeDefinition, words: list[object]) -> bool:
    if not words or not all(isinstance(word, str) for word in words):
        return False
    return not definition.options or all(definition.option(str(word)) is not None for word in words)


def format_attribute(definition: AttributeDefinition, value: AttributeValue, locale: str) -> str:
    """A stored attribute for a reader: "600 mm", "±0.01 mm", "-70~150 °C", "钛合金、铝合金", "有"."""
    zh = locale.startswith("zh")
    match definition.kind:
        case "quantity":
            return ("±" if definition.plus_minus else "") + _quantity(definition, value.get("number", 0), locale)
        case "range":
            return _range(definition, value, locale)
        case "enumeration":
            return _option_name(definition, value.get("word", ""), locale)
        case "list":
            names = [_option_name(definition, word, locale) for word in value.get("words", [])]
            return ("、" if zh else ", ").join(names)
        case "boolean":
            return ("是" if value.get("bool") else "否") if zh else ("yes" if value.get("bool") else "no")
        case "text":
            return value.get("text", "")


def _quantity(definition: AttributeDefinition, figure: int, locale: str) -> str:
    return format_quantity(figure, definition.dimension or "count", definition.unit or "1", locale)


def _range(definition: AttributeDefinition, value: AttributeValue, locale: str) -> str:
    low, high = value.get("min"), value.get("max")
    if low is not None and high is not None and low != high:
        first, last = _quantity(definition, low, locale), _quantity(definition, high, locale)
        unit = dimension_of(definition.dimension or "count").unit(definition.unit or "1")
        symbol = unit.symbol_zh if locale.startswith("zh") else unit.symbol
        return f"{first.removesuffix(symbol).rstrip()}{'~' if locale.startswith('zh') else '–'}{last}"
    if high is None:
        return f"≥ {_quantity(definition, low or 0, locale)}"
    return _quantity(definition, high, locale) if low == high else f"≤ {_quantity(definition, high, locale)}"


def _option_name(definition: AttributeDefinition, code: str, locale: str) -> str:
    option = definition.option(code)
    if option is None:
        return code
    return option.zh if locale.startswith("zh") else option.en
