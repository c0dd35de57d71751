"""Chips of time: when, and for how long, each with the sentence that says how the words were read."""

from datetime import timedelta

from search.understanding.durations import SHIFT_HOURS, Duration
from search.understanding.results import Alternative, Chip, Span, Window
from search.understanding.windows import Period
from search.understanding.wording import Speaker, is_midnight

_MANNERS = {
    "run": ("一次连续", "in one run"),
    "total": ("合计，可分几段", "in total, may be split"),
    "exact": ("整段占用", "the whole time"),
}


def window_chip(speaker: Speaker, period: Period, window: Window, written: str, span: Span) -> Chip:
    """When: a deadline, a start, or a window between two times."""
    label, value = _when(speaker, period, window)
    says = [
        speaker.say(f"从{speaker.quoted(written)}读出", f"Read from {speaker.quoted(written)}"),
        *_how(speaker, period, window),
    ]
    explanation = speaker.say("，".join(says) + "。", ", ".join(says) + ".")
    return Chip("window", label, value, explanation, span, tuple(_other_windows(speaker, period, window)))


def _when(speaker: Speaker, period: Period, window: Window) -> tuple[str, str]:
    start, end = window.start, window.end
    if end is None:
        return speaker.say("最早", "From"), speaker.start(start) if start else ""
    if start is None or period.role in {"before", "by"}:
        return speaker.say("最晚", "Finished by"), speaker.end(end)
    return speaker.say("时间", "When"), speaker.between(start, end)


def _how(speaker: Speaker, period: Period, window: Window) -> list[str]:
    says: list[str] = []
    if period.role == "before" and period.ends_whole_day and window.end and is_midnight(window.end):
        says.append(speaker.say("不含当天", "the day itself left out"))
    if period.role == "by" and period.ends_whole_day:
        says.append(speaker.say("含当天", "the day itself included"))
    if period.role == "after":
        says.append(speaker.say("不含当天", "the day itself left out"))
    if period.was_moved:
        says.append(speaker.say("本次已过，按下一次算", "the nearest one has passed, so the next is meant"))
    if window.question == "exact":
        says.append(speaker.say("整段都要空着", "free for the whole of it"))
    elif window.hours is None and period.role == "plain":
        says.append(speaker.say("其间有空档即可", "any free time within it will do"))
    return says


def _other_windows(speaker: Speaker, period: Period, window: Window) -> list[Alternative]:
    others: list[Alternative] = []
    if period.role == "before" and period.ends_whole_day and window.end:
        last = speaker.end(window.end + timedelta(1))
        others.append(Alternative("include", speaker.say(f"含当天，到 {last}", f"Include the day, until {last}")))
    if period.role == "by" and period.ends_whole_day and window.end:
        last = speaker.end(window.end - timedelta(1))
        others.append(Alternative("exclude", speaker.say(f"不含当天，到 {last}", f"Leave the day out, until {last}")))
    if period.sooner:
        others.append(Alternative("sooner", speaker.say("提前一周", "A week earlier")))
    if window.question == "exact":
        others.append(Alternative("within", speaker.say("其间有空档即可", "Any free time within it")))
    elif window.hours is None and window.end is not None and period.role == "plain":
        others.append(Alternative("exact", speaker.say("整段都要", "The whole of it")))
    return others


def hours_chip(speaker: Speaker, duration: Duration, window: Window, written: str, span: Span) -> Chip:
    """How long, and whether in one run."""
    manner = speaker.say(*_MANNERS[window.question])
    length = speaker.days(duration.days) if duration.days and duration.calendar else speaker.hours(duration.hours)
    explanation = speaker.say(f"从{speaker.quoted(written)}读出", f"Read from {speaker.quoted(written)}")
    if duration.days is not None:
        explanation += _what_a_day_is(speaker, duration)
    explanation += speaker.say("。", ".")
    value = speaker.say(f"{length}，{manner}", f"{length}, {manner}")
    return Chip(
        "hours", speaker.say("用时", "For"), value, explanation, span, tuple(_other_lengths(speaker, duration, window))
    )


def _what_a_day_is(speaker: Speaker, duration: Duration) -> str:
    if duration.calendar:
        return speaker.say("，一天按 24 小时", ", a day being 24 hours")
    return speaker.say(f"，一天按一班 {SHIFT_HOURS} 小时", f", a day being a shift of {SHIFT_HOURS} hours")


def _other_lengths(speaker: Speaker, duration: Duration, window: Window) -> list[Alternative]:
    others: list[Alternative] = []
    if window.question == "run":
        others.append(Alternative("total", speaker.say("可分几段，合计即可", "May be split, total counts")))
    if window.question == "total":
        others.append(Alternative("run", speaker.say("要一次连续", "In one run")))
    if duration.days is not None:
        choice = ("shifts", "一天按一班 8 小时", "A day is a shift of 8 hours")
        if not duration.calendar:
            choice = ("calendar", "一天按 24 小时", "A day is 24 hours")
        others.append(Alternative(choice[0], speaker.say(choice[1], choice[2])))
    return others
