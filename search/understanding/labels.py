"""Names of attributes beside figures: 行程 800, 20 kg payload; each name belongs to one figure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search.text.folding import is_han
from search.understanding.figures import Figure
from search.understanding.line import Line
from search.understanding.words import SizeGroup, Vocabulary
from search.vocabulary.phrases import Phrases

_BEFORE_FIGURE = re.compile(r"[\s:=为是约在要求需达到能有个]{0,6}$")
_AFTER_FIGURE = re.compile(r"\s*(?:的|of )?\s*")


@dataclass(frozen=True, slots=True)
class Label:
    """A name of one attribute, or of several that a size fills, between two places of the line."""

    start: int
    end: int
    codes: tuple[str, ...]


class Labels:
    """The names in one line. `fits` tells whether a figure can speak about any of a label's attributes."""

    def __init__(
        self, line: Line, vocabulary: Vocabulary, type_code: str | None, fits: Callable[[Figure, Label], bool]
    ) -> None:
        self._text = line.unread
        self._fits = fits
        self._attributes = vocabulary.attributes_by_code
        found = _phrases(vocabulary, type_code).find(line.unread)
        self._labels = [Label(start, end, meanings[0]) for start, end, meanings in found]

    def of_all(self, figures: Sequence[Figure]) -> list[Label | None]:
        """The label of each figure: the one before it when it fits, else the one behind it when that is free."""
        before = [self._before(figure) for figure in figures]
        used = {label for figure, label in zip(figures, before, strict=True) if label and self._fits(figure, label)}
        labels: list[Label | None] = []
        for figure, label in zip(figures, before, strict=True):
            is_fitting = label is not None and self._fits(figure, label)
            said = label if is_fitting else self._after(figure, used) or label
            used |= {said} if said else set()
            labels.append(said)
        return labels

    def _before(self, figure: Figure) -> Label | None:
        for label in self._labels:
            if label.end <= figure.start and _BEFORE_FIGURE.fullmatch(self._text, label.end, figure.start):
                return label
        return None

    def _after(self, figure: Figure, used: set[Label]) -> Label | None:
        for label in self._labels:
            is_behind = label.start >= figure.end and _AFTER_FIGURE.fullmatch(self._text, figure.end, label.start)
            if is_behind and label not in used and self._can_follow(figure, label) and self._fits(figure, label):
                return label
        return None

    def _can_follow(self, figure: Figure, label: Label) -> bool:
        """A bare number takes a name behind it only for counts (4 channels) or small ones glued to it (0.003精度)."""
        counts = any(code in self._attributes and self._attributes[code].dimension == "count" for code in label.codes)
        return bool(figure.unit_text) or counts or (figure.end == label.start and figure.values[0] < 1)


def _phrases(vocabulary: Vocabulary, type_code: str | None) -> Phrases[tuple[str, ...]]:
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
