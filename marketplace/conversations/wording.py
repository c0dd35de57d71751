"""The sentences of notices: each package registers its own under stable codes."""

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.kernel.words import translate

Wording = Callable[[Mapping[str, Any], str], tuple[str, str]]
"""`wording(facts, locale)` gives a subject of one line and a body in the reader's language."""

_wordings: dict[str, Wording] = {}


def word_notices(wordings: Mapping[str, Wording]) -> None:
    """Register a package's wordings; `marketplace.app` calls it."""
    _wordings.update(wordings)


def words_of(code: str, facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    """Subject and body of a notice; one of a code that is no longer known says that much and never fails."""
    wording = _wordings.get(code)
    if wording is None:
        return translate(locale, "有一条新消息"), ""
    return wording(facts, locale)
