"""What a figure says about which attribute: a bare 600mm is the main size of the type, ± its accuracy, tons its force.

A figure with the attribute's name beside it (行程 800, 20 kg payload) means that attribute. Without a name the type
decides: the first of its telling attributes with that dimension. Without a type, only named figures count.
What a part measures is the least that the machine must take; a tolerance is the most that it may miss.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.kernel.quantities import BadQuantity, dimension_of, to_base
from search.text.folding import is_han
from search.understanding.figures import Figure, figures
from search.understanding.line import Line
from search.understanding.results import Operator
from search.understanding.words import AttributeWords, SizeGroup, Vocabulary
from search.vocabulary.phrases import Phrases

SMALL_LENGTH = Decimal("0.1")
"""Millimetres below which an unnamed length is a tolerance, not a size."""
TINY_MM = 10
"""Millimetres below which an unnamed length is no size of a part: it stays a word."""
THIN_MM = 60
"""Millimetres up to which an unnamed length is the thickness of the sheet, for types that have one."""

_CASELESS = frozenset("vwalnt")
_LENGTHS = frozenset({"length", "fine_length"})
_BEFORE_FIGURE = re.compile(r"[\s:=为是约在要求需达到能有个]{0,6}$")
_AFTER_FIGURE = re.compile(r"\s*(?:的|of )?\s*")
_ROUND = re.compile(r"diameter|bar_capacity|chuck_size")
_SHEET = re.compile(r"^(?:sheet|plate|stainless|aluminium|copper|brass)_thickness$")
_OWN_SIZE = re.compile(r"^machine_(?:length|width|height|weight|power)$")


@dataclass(frozen=True, slots=True)
class Measure:
    """One wish read from a figure; `others` are attributes that it could also mean.

    `key` is the attribute that was read first: it stays when the reader chooses another one.
    """

    key: str
    attribute: AttributeWords
    op: Operator
    value: int
    unit: str
    start: int
    end: int
    is_named: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Label:
    start: int
    end: int
    codes: tuple[str, ...]


def read_measures(
    line: Line,
    vocabulary: Vocabulary,
    type_code: str | None,
    *,
    chosen: Mapping[str, str],
    materials: Sequence[str],
) -> list[Measure]:
    """All figures of the line that say something about an attribute; takes their words.

    `chosen` holds the reader's corrections: attribute first read → attribute meant; `materials` the options read before.
    """
    return list(_MeasureReader(line, vocabulary, type_code, chosen, materials).measures())


class _MeasureReader:
    def __init__(
        self,
        line: Line,
        vocabulary: Vocabulary,
        type_code: str | None,
        chosen: Mapping[str, str],
        materials: Sequence[str],
    ) -> None:
        self._line = line
        self._vocabulary = vocabulary
        self._attributes = vocabulary.attributes_of(type_code) if type_code else ()
        self._chosen = chosen
        self._materials = materials
        self._by_code = {attribute.code: attribute for attribute in self._attributes} or dict(
            vocabulary.attributes_by_code
        )
        found = _labels(vocabulary, type_code).find(line.unread)
        self._labels = [_Label(start, end, meanings[0]) for start, end, meanings in found]
        self._filled: set[str] = set()

    def measures(self) -> Iterator[Measure]:
        found = list(figures(self._line))
        before = [self._label_before(figure) for figure in found]
        used = {label for figure, label in zip(found, before, strict=True) if label and self._fits(figure, label)}
        for figure, label in zip(found, before, strict=True):
            after = self._label_after(figure, used) if label is None or not self._fits(figure, label) else None
            said = after or label
            codes = said.codes if said else self._named_codes(figure)
            read = self._sizes(figure, codes) if figure.is_size else self._single(figure, codes)
            if not read:
                continue
            used.add(said) if said else None
            is_told = said is not None and read[0].is_named
            self._line.take(min(figure.start, said.start) if said and is_told else figure.start, figure.end)
            if said and is_told:
                self._line.take(said.start, said.end)
            for measure in read:
                self._filled.add(measure.attribute.code)
                yield measure

    def _label_before(self, figure: Figure) -> "_Label | None":
        text = self._line.unread
        return next(
            (
                label
                for label in self._labels
                if label.end <= figure.start and _BEFORE_FIGURE.fullmatch(text, label.end, figure.start)
            ),
            None,
        )

    def _label_after(self, figure: Figure, used: set["_Label"]) -> "_Label | None":
        """A name behind the figure (20 kg payload), unless it belongs to the next figure."""
        text = self._line.unread
        return next(
            (
                label
                for label in self._labels
                if label.start >= figure.end
                and label not in used
                and _AFTER_FIGURE.fullmatch(text, figure.end, label.start)
                and (figure.unit_text or self._counts(label) or (figure.end == label.start and figure.values[0] < 1))
                and self._fits(figure, label)
            ),
            None,
        )

    def _fits(self, figure: Figure, label: "_Label") -> bool:
        return any(self._unit(self._by_code[code], figure, named=True) for code in label.codes if code in self._by_code)

    def _counts(self, label: "_Label") -> bool:
        return any(self._by_code[code].dimension == "count" for code in label.codes if code in self._by_code)

    def _named_codes(self, figure: Figure) -> tuple[str, ...]:
        """The attribute named by letters glued to the number, or by a general word (厚 12, 120 mm thick)."""
        codes = {"ra": ("roughness",), "x": ("travel_x",), "y": ("travel_y",), "z": ("travel_z",)}.get(figure.name, ())
        if figure.hint and not codes:
            wanted = (attribute for attribute in self._attributes if attribute.better == "higher")
            axis = {"length": "_x", "width": "_y", "height": "_z"}.get(figure.hint, "_none")
            fitting = [a.code for a in wanted if _is_side(a.code, figure.hint, axis)]
            if figure.hint == "thickness":
                fitting = [a.code for a in self._thicknesses(self._attributes)] + fitting
                fitting += [a.code for a in self._attributes if a.code == "workpiece_height"]
            codes = tuple(fitting[:1])
        return tuple(code for code in codes if code in self._by_code)

    # sizes AxBxC

    def _sizes(self, figure: Figure, label: tuple[str, ...]) -> list[Measure]:
        """The largest number to the first attribute of the group and so on; a diameter stays where it was written."""
        group = self._group(len(figure.values), label)
        if group is None:
            return []
        values = list(figure.values)
        if not (group[0].code.endswith("diameter") or figure.is_diameter):
            values.sort(reverse=True)
        read = [
            self._measure(attribute, figure, value, named=bool(label))
            for attribute, value in zip(group, values, strict=False)
        ]
        rest = values[len(group) :]
        if rest:
            read += [
                self._measure(attribute, figure, rest[0], named=False)
                for attribute in self._thicknesses(self._attributes)[:1]
            ]
        return [measure for measure in read if measure]

    def _group(self, count: int, label: tuple[str, ...]) -> list[AttributeWords] | None:
        if len(label) > 1:
            return [self._by_code[code] for code in label if code in self._by_code] or None
        order = list(self._by_code)
        shipped = (size_group.attributes for size_group in self._vocabulary.size_groups)
        groups = [
            codes
            for codes in (*shipped, *self._siblings())
            if self._attributes and all(code in self._by_code for code in codes) and not _OWN_SIZE.match(codes[0])
        ]
        if not groups:
            return None
        best = min(groups, key=lambda codes: (order.index(codes[0]), abs(len(codes) - count), -len(codes)))
        return [self._by_code[code] for code in best]

    def _siblings(self) -> list[tuple[str, ...]]:
        """Attributes of one thing that are named alike: grinding_length and grinding_width."""
        found: list[tuple[str, ...]] = []
        for attribute in self._attributes:
            if attribute.code.endswith("_length"):
                stem = attribute.code.removesuffix("length")
                codes = [f"{stem}{side}" for side in ("length", "width", "height") if f"{stem}{side}" in self._by_code]
                found += [tuple(codes)] if len(codes) > 1 else []
        return found

    # one number

    def _single(self, figure: Figure, label: tuple[str, ...]) -> list[Measure]:
        named = [self._by_code[code] for code in label if self._by_code[code].is_measured]
        candidates = [attribute for attribute in named if self._unit(attribute, figure, named=True)]
        is_named = bool(candidates)
        if not candidates:
            candidates = self._unnamed(figure)
        if not candidates:
            return []
        attribute = self._preferred(candidates)
        others = tuple(candidate.code for candidate in candidates if candidate.code != attribute.code)[:4]
        if attribute.kind == "range":
            return [
                replace(read, key=candidates[0].code, others=others)
                for read in self._range(attribute, figure, is_named=is_named)
            ]
        value = figure.upper if figure.upper is not None else figure.values[0]
        measure = self._measure(attribute, figure, value, named=is_named)
        return [replace(measure, key=candidates[0].code, others=others)] if measure else []

    def _preferred(self, candidates: Sequence[AttributeWords]) -> AttributeWords:
        """The reader's choice, else the first that has no figure yet."""
        chosen = self._chosen.get(candidates[0].code)
        for candidate in candidates:
            if candidate.code == chosen:
                return candidate
        return candidates[0]

    def _unnamed(self, figure: Figure) -> list[AttributeWords]:
        """Attributes that an unnamed figure can mean, the likeliest first; a bare number means nothing."""
        if not self._attributes or figure.unit_text == "k":
            return []
        if not figure.units and figure.op != "±" and not figure.is_diameter:
            return []
        fitting = [
            attribute
            for attribute in self._attributes
            if attribute.is_measured
            and attribute.dimension != "time"
            and attribute.code not in self._filled
            and self._unit(attribute, figure, named=False)
        ]
        if figure.op == "±" or self._is_small(figure):
            return sorted((a for a in fitting if a.better == "lower"), key=lambda a: not a.plus_minus)
        if figure.is_diameter:
            return [a for a in fitting if _ROUND.search(a.code)] or [a for a in fitting if a.better == "higher"][:3]
        thin = self._thicknesses(fitting) if self._is_thin(figure) else []
        if not thin and self._is_tiny(figure):
            return []
        wanted = sorted(
            (a for a in fitting if a.better == "higher" or a.kind == "range"), key=lambda a: a.kind == "range"
        )
        return thin + [a for a in wanted if not _SHEET.match(a.code)]

    def _is_small(self, figure: Figure) -> bool:
        millimetres = self._millimetres(figure)
        return millimetres is not None and 0 < millimetres < SMALL_LENGTH

    def _is_tiny(self, figure: Figure) -> bool:
        millimetres = self._millimetres(figure)
        return millimetres is not None and millimetres < TINY_MM

    def _is_thin(self, figure: Figure) -> bool:
        millimetres = self._millimetres(figure)
        return millimetres is not None and millimetres <= THIN_MM

    @staticmethod
    def _millimetres(figure: Figure) -> Decimal | None:
        unit = next((reading.unit for reading in figure.units if reading.dimension == "fine_length"), None)
        if unit is None or any(reading.dimension not in _LENGTHS for reading in figure.units):
            return None
        return Decimal(to_base(figure.values[0], unit, "fine_length")) / 1_000_000

    def _thicknesses(self, attributes: Sequence[AttributeWords]) -> list[AttributeWords]:
        """How thick a sheet may be, first of the material that the line names: stainless steel has its own figure."""
        return sorted(
            (attribute for attribute in attributes if _SHEET.match(attribute.code)),
            key=lambda attribute: (
                not any(material.startswith(attribute.code.split("_")[0]) for material in self._materials)
            ),
        )

    # units and limits

    def _unit(self, attribute: AttributeWords, figure: Figure, *, named: bool) -> str | None:
        """The unit in which the figure speaks about this attribute; None when it cannot."""
        if attribute.dimension and any(reading.dimension == attribute.dimension for reading in figure.units):
            return _unit_as_typed(attribute.dimension, figure)
        if figure.unit_text:
            return None
        if attribute.dimension in _LENGTHS and attribute.code != "roughness":
            return "mm" if named or figure.is_size or figure.op == "±" or figure.is_diameter else None
        return attribute.unit if named else None

    def _range(self, attribute: AttributeWords, figure: Figure, *, is_named: bool) -> list[Measure]:
        """What the range of the machine must cover: both ends of a range, or the one value."""
        first = figure.values[0]
        if figure.upper is not None:
            bounds: list[tuple[Operator, Decimal]] = [
                ("<=", min(first, figure.upper)),
                (">=", max(first, figure.upper)),
            ]
        elif figure.op == "±":
            bounds = [("<=", -first), (">=", first)]
        elif figure.op in {">=", "<="}:
            bounds = [(">=" if figure.op == ">=" else "<=", first)]
        else:
            bounds = [("=", first)]
        read = (self._measure(attribute, figure, value, named=is_named, op=op) for op, value in bounds)
        return [measure for measure in read if measure]

    def _measure(
        self, attribute: AttributeWords, figure: Figure, value: Decimal, *, named: bool, op: Operator | None = None
    ) -> Measure | None:
        unit = self._unit(attribute, figure, named=named)
        if unit is None or attribute.dimension is None:
            return None
        try:
            base = to_base(abs(value) if figure.op == "±" and op is None else value, unit, attribute.dimension)
        except BadQuantity:
            return None
        limit = op or _limit(attribute, figure, named=named)
        return Measure(attribute.code, attribute, limit, base, unit, figure.start, figure.end, is_named=named)


def _is_side(code: str, side: str, axis: str) -> bool:
    """Whether an attribute is that side of a part: its length is also the X of a travel."""
    return (side in code or code.endswith(axis)) and not code.startswith(("mould_", "layer_"))


def _unit_as_typed(dimension: str, figure: Figure) -> str | None:
    """The unit with its case respected (MHz is no mHz); a lone letter must be the right one, but for a few (5v, 90t)."""
    found, typed = dimension_of(dimension), figure.typed_unit
    exact = found.names.get(typed)
    if exact or len(typed) > 1 or not typed.isascii() or typed.casefold() in _CASELESS:
        return exact or found.find_unit(typed) or found.find_unit(figure.unit_text)
    return None


def _limit(attribute: AttributeWords, figure: Figure, *, named: bool) -> Operator:
    """Which side of the figure is enough, in the words of the attribute."""
    if attribute.better == "lower" or figure.op == "±":
        return "<="
    if attribute.better == "higher" and not (named and figure.op == "<="):
        return ">="
    return "<=" if figure.op in {"<=", "max"} else ">=" if figure.op == ">=" else "="


def _labels(vocabulary: Vocabulary, type_code: str | None) -> Phrases[tuple[str, ...]]:
    return vocabulary.built(("labels", type_code), lambda: Phrases(_named(vocabulary, type_code)))


def _named(vocabulary: Vocabulary, type_code: str | None) -> list[tuple[str, tuple[str, ...]]]:
    """Names of measured attributes (of one type, or those that mean one thing everywhere) and of size groups."""
    attributes = vocabulary.attributes_of(type_code) if type_code else vocabulary.attributes
    known = {attribute.code for attribute in attributes}
    named: dict[str, list[str]] = {}
    for attribute in attributes:
        if attribute.is_measured:
            for name in dict.fromkeys((attribute.zh, attribute.en, *attribute.headers)):
                named.setdefault(name, []).append(attribute.code)
    pairs = [
        (name, (codes[0],))
        for name, codes in named.items()
        if _is_telling(name, is_alone=type_code is None) and (type_code or len(codes) == 1)
    ]
    return pairs + _group_labels(vocabulary.size_groups, known, type_code)


def _group_labels(
    groups: Sequence[SizeGroup], known: set[str], type_code: str | None
) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (header, group.attributes)
        for group in groups
        if type_code and known.issuperset(group.attributes)
        for header in group.headers
        if _is_telling(header)
    ]


def _is_telling(name: str, *, is_alone: bool = False) -> bool:
    """Whether a name says which attribute is meant; without a type (`is_alone`) it must be a long one."""
    if any(is_han(character) for character in name):
        return len(name) > (2 if is_alone else 1)
    return len(name) > (7 if is_alone else 1) and not name.isdigit()
