"""Chips of everything but time: type, sizes and limits, options, how many, where, how much."""

from dataclasses import dataclass

from search.understanding.budgets import BudgetReading
from search.understanding.measures import Measure
from search.understanding.options import Option
from search.understanding.places import QuantityReading, RadiusReading
from search.understanding.results import Alternative, Chip, Span
from search.understanding.types import TypeReading
from search.understanding.wording import Speaker
from search.understanding.words import Vocabulary, ZoneWords


@dataclass(frozen=True, slots=True)
class ChipMaker:
    """Makes chips in one language with the words of one park."""

    speaker: Speaker
    vocabulary: Vocabulary

    def type_chip(self, reading: TypeReading, written: str, span: Span) -> Chip:
        words = self.vocabulary.types_by_code[reading.type_code]
        below = [lower for lower in self.vocabulary.below(reading.type_code) if lower.code != reading.type_code]
        included = (
            "、".join(lower.zh for lower in below[:3])
            if self.speaker.is_chinese
            else ", ".join(lower.en for lower in below[:3])
        )
        explanation = self._read_from(
            written, f"包括{included}等" if included else "", f"including {included}" if included else ""
        )
        others = [self.vocabulary.types_by_code[code] for code in reading.others]
        others += [self.vocabulary.types_by_code[code] for code in self.vocabulary.lineage(reading.type_code)[1:2]]
        alternatives = tuple(
            Alternative(f"type:{other.code}", self.speaker.name(other)) for other in others + below[:4]
        )
        return Chip("type", self.speaker.say("类型", "Type"), self.speaker.name(words), explanation, span, alternatives)

    def measure_chip(self, measures: list[Measure], written: str, span: Span) -> Chip:
        """One chip for all limits that one figure sets on one attribute."""
        first = measures[0]
        limits = [self.speaker.limit(first.attribute, measure.op, measure.value, measure.unit) for measure in measures]
        others = (
            self.vocabulary.attributes_by_code[code]
            for code in first.others
            if code in self.vocabulary.attributes_by_code
        )
        alternatives = tuple(Alternative(f"as:{other.code}", self.speaker.name(other)) for other in others)
        explanation = self._measure_explanation(first, written, has_others=bool(alternatives))
        return Chip(
            measure_key(first),
            self.speaker.name(first.attribute),
            self.speaker.say("，", ", ").join(limits),
            explanation,
            span,
            alternatives,
        )

    def _measure_explanation(self, measure: Measure, written: str, *, has_others: bool) -> str:
        name = self.speaker.name(measure.attribute)
        if measure.is_named:
            return self._read_from(written, "", "")
        zh, en = f"当作{' ' if name[0].isascii() else ''}{name}", f"taken as {name}"
        if has_others:
            zh, en = f"{zh}；若指别的，请在这里改", f"{en}; choose another meaning here"
        return self._read_from(written, zh, en)

    def option_chip(self, option: Option, written: str, span: Span) -> Chip:
        names = [self.speaker.name(words) for words in option.attribute.options if words.code in option.codes]
        value = self.speaker.say(" 或 ", " or ").join(names)
        explanation = self._read_from(written, "只看标明这一项的", "only listings that state it")
        return Chip(option_key(option), self.speaker.name(option.attribute), value, explanation, span)

    def quantity_chip(self, reading: QuantityReading, written: str, span: Span) -> Chip:
        label = self.speaker.say("数量", "How many")
        return Chip("quantity", label, self.speaker.quantity(reading.quantity), self._read_from(written, "", ""), span)

    def zone_chip(self, zone: ZoneWords, written: str, span: Span) -> Chip:
        return Chip(
            "zone", self.speaker.say("区域", "Zone"), self.speaker.name(zone), self._read_from(written, "", ""), span
        )

    def radius_chip(self, reading: RadiusReading, written: str, span: Span) -> Chip:
        value = self.speaker.say(
            f"{self.speaker.radius(reading.radius_m)} 以内", f"within {self.speaker.radius(reading.radius_m)}"
        )
        return Chip("radius", self.speaker.say("距离", "Distance"), value, self._read_from(written, "", ""), span)

    def budget_chip(self, reading: BudgetReading, written: str, span: Span) -> Chip:
        zh, en = ("取上限", "its upper end counts") if reading.is_range else ("", "")
        alternatives = tuple(
            Alternative(per, self.speaker.say(*words))
            for per, words in {
                "job": ("整单", "For the job"),
                "hour": ("每小时", "An hour"),
                "day": ("每天", "A day"),
            }.items()
            if per != reading.budget.per
        )
        value = self.speaker.budget(reading.budget)
        return Chip(
            "budget", self.speaker.say("预算", "Budget"), value, self._read_from(written, zh, en), span, alternatives
        )

    def _read_from(self, written: str, zh: str, en: str) -> str:
        quoted = self.speaker.quoted(written)
        if self.speaker.is_chinese:
            return f"从{quoted}读出{'，' + zh if zh else ''}。"
        return f"Read from {quoted}{', ' + en if en else ''}."


def measure_key(measure: Measure) -> str:
    return f"attr.{measure.key}"


def option_key(option: Option) -> str:
    return f"option.{option.attribute.code}.{'+'.join(option.codes)}"
