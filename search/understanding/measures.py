"""What a figure says about which attribute: a bare 600mm is the main size of the type, ± its accuracy, tons its force.

A figure with the attribute's name beside it (行程 800, 20 kg payload) means that attribute. Without a name the type
decides: the first of its telling attributes with that dimension. Without a type, only named figures count.
What a part measures is the least that the machine must take; a tolerance is the most that it may miss.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.kernel.quantities import BadQuantity, to_base
from search.understanding.figures import Figure, figures
from search.understanding.labels import Label, Labels
from search.understanding.limits import LENGTHS, limit_of, unit_of
from search.understanding.line import Line
from search.understanding.results import Operator
from search.understanding.words import AttributeWords, Vocabulary

SMALL_LENGTH = Decimal("0.1")
"""Millimetres below which an unnamed length is a tolerance, not a size."""
TINY_MM = 10
"""Millimetres below which an unnamed length is no size of a part: it stays a word."""
THIN_MM = 60
"""Millimetres up to which an unnamed length is the thickness of the sheet, for types that have one."""

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
        self._labels = Labels(line, vocabulary, type_code, self._fits)
        self._filled: set[str] = set()
        self._said: set[tuple[str, str]] = set()

    def measures(self) -> Iterator[Measure]:
        found = list(figures(self._line))
        for figure, label in zip(found, self._labels.of_all(found), strict=True):
            codes = label.codes if label else self._named_codes(figure)
            read = self._news(self._sizes(figure, codes) if figure.is_size else self._single(figure, codes))
            if not read:
                continue
            is_told = label is not None and read[0].is_named
            self._line.take(min(figure.start, label.start) if label and is_told else figure.start, figure.end)
            if label and is_told:
                self._line.take(label.start, label.end)
            for measure in read:
                self._filled.add(measure.attribute.code)
                yield measure

    def _fits(self, figure: Figure, label: Label) -> bool:
        return any(unit_of(self._by_code[code], figure, named=True) for code in label.codes if code in self._by_code)

    def _news(self, read: list[Measure]) -> list[Measure]:
        """What was not said before; a second limit on the same attribute has a key of its own."""
        before = [key for key, _ in self._said]
        new = [measure for measure in read if (measure.key, measure.op) not in self._said]
        self._said |= {(measure.key, measure.op) for measure in new}
        return [
            replace(measure, key=f"{measure.key}.{before.count(measure.key) + 1}") if measure.key in before else measure
            for measure in new
        ]

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
        candidates = [attribute for attribute in named if unit_of(attribute, figure, named=True)]
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
            and unit_of(attribute, figure, named=False)
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
        if unit is None or any(reading.dimension not in LENGTHS for reading in figure.units):
            return None
        try:
            return Decimal(to_base(figure.values[0], unit, "fine_length")) / 1_000_000
        except BadQuantity:
            return None

    def _thicknesses(self, attributes: Sequence[AttributeWords]) -> list[AttributeWords]:
        """How thick a sheet may be, first of the material that the line names: stainless steel has its own figure."""
        return sorted(
            (attribute for attribute in attributes if _SHEET.match(attribute.code)),
            key=lambda attribute: (
                not any(material.startswith(attribute.code.split("_")[0]) for material in self._materials)
            ),
        )

    # units and limits

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
        unit = unit_of(attribute, figure, named=named)
        if unit is None or attribute.dimension is None:
            return None
        try:
            base = to_base(abs(value) if figure.op == "±" and op is None else value, unit, attribute.dimension)
        except BadQuantity:
            return None
        limit = op or limit_of(attribute, figure, named=named)
        return Measure(attribute.code, attribute, limit, base, unit, figure.start, figure.end, is_named=named)


def _is_side(code: str, side: str, axis: str) -> bool:
    """Whether an attribute is that side of a part: its length is also the X of a travel."""
    return (side in code or code.endswith(axis)) and not code.startswith(("mould_", "layer_"))
