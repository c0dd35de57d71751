"""One line of words → constraints, each with its chip. Nothing is invented: what is not understood stays words.

Read in this order, each reader seeing only what the ones before it left: zones, type, options (materials,
certificates), model codes (kept as words), money, days and times, hours, distance, how many, figures.
"""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from search.understanding.asking import corrected_duration, corrected_period, window_of
from search.understanding.budgets import BudgetReading, read_budget
from search.understanding.chips import ChipMaker, measure_key, option_key
from search.understanding.durations import Duration, read_duration
from search.understanding.line import PROSE_BREADTH, Line
from search.understanding.measures import Measure, read_measures
from search.understanding.options import Option, read_options
from search.understanding.places import QuantityReading, RadiusReading, read_quantity, read_radius
from search.understanding.results import (
    Budget,
    Chip,
    Constraint,
    Corrections,
    Per,
    Place,
    Quantity,
    Span,
    Understood,
    Window,
)
from search.understanding.time_chips import hours_chip, window_chip
from search.understanding.types import MODEL_CODE, TypeReading, read_type
from search.understanding.windows import Period, read_period
from search.understanding.wording import speaker
from search.understanding.words import Vocabulary, ZoneWords

NO_CORRECTIONS = Corrections()
_PERS: dict[str, Per] = {"job": "job", "hour": "hour", "day": "day", "week": "week", "month": "month"}


def understand(
    text: str,
    *,
    vocabulary: Vocabulary,
    now: datetime,
    zone: ZoneInfo,
    locale: str = "zh",
    corrections: Corrections = NO_CORRECTIONS,
) -> Understood:
    """What a line asks for; `now` is aware, `zone` the park's, `locale` the language of the chips. Never raises on a text."""
    return _Reading(text, vocabulary, now.astimezone(zone).replace(tzinfo=None), zone, corrections).result(locale)


class _Reading:
    """One line being read, and the chips made of it."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, now: datetime, zone: ZoneInfo, corrections: Corrections
    ) -> None:
        self.line = Line.of(text)
        self.vocabulary = vocabulary
        self.now = now
        self.zone = zone
        self.corrections = corrections
        self.maker = ChipMaker(speaker("zh"), vocabulary)
        self.chips: list[Chip] = []
        self.constraints: list[Constraint] = []

    def result(self, locale: str) -> Understood:
        """Reads everything first, for a chip taken away must not change how the others are read."""
        self.maker = ChipMaker(speaker(locale), self.vocabulary)
        park_zone = self._zone()
        found_type = self._type()
        options = read_options(self.line, self.vocabulary, found_type.type_code if found_type else None)
        for match in list(self.line.each(MODEL_CODE)):
            self.line.keep(*match.span())
        is_prose = found_type is None and self.line.breadth > PROSE_BREADTH
        budget = read_budget(self.line, is_prose=is_prose)
        period = read_period(self.line, self.now, is_prose=is_prose)
        duration = (
            None
            if is_prose
            else read_duration(self.line, counts_from_start=period is not None and period.role == "from")
        )
        radius, quantity = read_radius(self.line), None if is_prose else read_quantity(self.line)
        measures = [] if is_prose else self._measures(found_type, options)
        type_code = self._keep_type(found_type)
        self._keep_options(options)
        self._keep_measures(measures)
        return Understood(
            type_code=type_code,
            constraints=tuple(self.constraints),
            window=self._keep_window(period, duration),
            quantity=self._keep_quantity(quantity),
            place=self._keep_place(park_zone, radius),
            budget=self._keep_budget(budget),
            remaining_words=self.line.remaining_words(),
            type_words=self._type_words(found_type),
            chips=tuple(sorted(self.chips, key=lambda chip: chip.span)),
        )

    # reading

    def _zone(self) -> tuple[ZoneWords, int, int] | None:
        for start, end, codes in self.vocabulary.zone_phrases.find(self.line.unread):
            self.line.take(start, end)
            return self.vocabulary.zones_by_code[codes[0]], start, end
        return None

    def _type(self) -> TypeReading | None:
        reading = read_type(self.line, self.vocabulary)
        choice = self.corrections.choices.get("type", "").removeprefix("type:")
        if reading and choice in self.vocabulary.types_by_code:
            return replace(reading, type_code=choice, others=(reading.type_code, *reading.others))
        return reading

    def _measures(self, found_type: TypeReading | None, options: list[Option]) -> list[Measure]:
        chosen = {key.removeprefix("attr."): code.removeprefix("as:") for key, code in self.corrections.choices.items()}
        return read_measures(
            self.line,
            self.vocabulary,
            found_type.type_code if found_type else None,
            chosen=chosen,
            materials=[code for option in options for code in option.codes],
        )

    # keeping what was not taken away

    def _is_wanted(self, key: str) -> bool:
        return key not in self.corrections.without

    def _span(self, start: int, end: int) -> tuple[Span, str]:
        piece = self.line.folded.text[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
        span = self.line.folded.span(start, end)
        return span, self.line.written(span)

    def _keep_type(self, reading: TypeReading | None) -> str | None:
        if reading is None:
            return None
        if not self._is_wanted("type"):
            for start, end in reading.spans:
                self.line.give_back(self._span(start, end)[0])
            return None
        span, written = self._span(*reading.spans[0])
        self.chips.append(self.maker.type_chip(reading, written, span))
        return reading.type_code

    def _type_words(self, reading: TypeReading | None) -> str:
        return " ".join(self._span(start, end)[1] for start, end in reading.spans) if reading else ""

    def _keep_options(self, options: list[Option]) -> None:
        for option in options:
            span, written = self._span(option.start, option.end)
            if not self._is_wanted(option_key(option)):
                self.line.give_back(span)
                continue
            self.constraints.append(Constraint(option.attribute.code, "in", option.codes, None, None, written, span))
            self.chips.append(self.maker.option_chip(option, written, span))

    def _keep_measures(self, measures: list[Measure]) -> None:
        for key, group in groupby(measures, key=measure_key):
            same = [self._moved(measure) for measure in group]
            if not self._is_wanted(key):
                continue
            span, written = self._span(same[0].start, same[0].end)
            self.constraints += [
                Constraint(m.attribute.code, m.op, m.value, m.unit, m.attribute.dimension, written, span) for m in same
            ]
            self.chips.append(self.maker.measure_chip(same, written, span))

    def _moved(self, measure: Measure) -> Measure:
        """The measure with the limit that the reader set instead."""
        choice = self.corrections.choices.get(measure_key(measure), "")
        number = choice.removeprefix("value:").removeprefix("-")
        if not choice.startswith("value:") or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return measure
        return replace(measure, value=int(choice.removeprefix("value:")))

    def _keep_window(self, period: Period | None, duration: Duration | None) -> Window | None:
        choices = self.corrections.choices
        period = (
            corrected_period(period, choices.get("window"), self.now) if period and self._is_wanted("window") else None
        )
        duration = corrected_duration(duration, choices.get("hours")) if duration and self._is_wanted("hours") else None
        window = window_of(period, duration, self.zone)
        if window and period:
            start, end = min(start for start, _ in period.spans), max(end for _, end in period.spans)
            span, written = self._span(start, end)
            self.chips.append(window_chip(self.maker.speaker, period, window, written, span))
        if window and duration:
            span, written = self._span(*duration.span)
            self.chips.append(hours_chip(self.maker.speaker, duration, window, written, span))
        return window

    def _keep_quantity(self, reading: QuantityReading | None) -> Quantity | None:
        if reading is None or not self._is_wanted("quantity"):
            return None
        span, written = self._span(*reading.span)
        self.chips.append(self.maker.quantity_chip(reading, written, span))
        return reading.quantity

    def _keep_place(self, park_zone: tuple[ZoneWords, int, int] | None, radius: RadiusReading | None) -> Place | None:
        zone_code, radius_m = None, None
        if park_zone:
            words, start, end = park_zone
            span, written = self._span(start, end)
            if self._is_wanted("zone"):
                zone_code = words.code
                self.chips.append(self.maker.zone_chip(words, written, span))
            else:
                self.line.give_back(span)
        if radius and self._is_wanted("radius"):
            radius_m = radius.radius_m
            span, written = self._span(*radius.span)
            self.chips.append(self.maker.radius_chip(radius, written, span))
        return Place(zone_code, radius_m) if zone_code or radius_m else None

    def _keep_budget(self, reading: BudgetReading | None) -> Budget | None:
        if reading is None or not self._is_wanted("budget"):
            return None
        per = _PERS.get(self.corrections.choices.get("budget", ""), reading.budget.per)
        reading = replace(reading, budget=replace(reading.budget, per=per))
        span, written = self._span(*reading.span)
        self.chips.append(self.maker.budget_chip(reading, written, span))
        return reading.budget
