"""A reader's corrections of what was understood, as they travel in the address of a page.

`without=KEY` takes a chip away; `choose=KEY~CODE` takes another reading of it. Both may be repeated; what is malformed
or fits no chip is ignored, so that an old link still opens.

Codes: `as:ATTRIBUTE` a size means another attribute; `value:INTEGER` another limit in base units; `type:CODE` another
type; `include` / `exclude` the named day of a deadline; `sooner` a week earlier; `run`, `total`, `exact`, `within` the
question asked of the calendar; `calendar` / `shifts` what a day of use is; `hour`, `day`, `job` what a budget is for.
"""

from collections.abc import Iterable

from search.understanding.results import Corrections

_LONGEST = 80


def read_corrections(without: Iterable[str], choose: Iterable[str]) -> Corrections:
    """Corrections from the repeated parameters `without` and `choose`."""
    pairs = (choice.partition("~") for choice in choose if len(choice) <= _LONGEST)
    return Corrections(
        frozenset(key for key in without if 0 < len(key) <= _LONGEST),
        {key: code for key, tilde, code in pairs if key and tilde and code},
    )


def as_parameters(corrections: Corrections) -> list[tuple[str, str]]:
    """The corrections as parameters of an address, in a stable order."""
    return [("without", key) for key in sorted(corrections.without)] + [
        ("choose", f"{key}~{code}") for key, code in sorted(corrections.choices.items())
    ]


def taking_away(corrections: Corrections, key: str) -> Corrections:
    """The corrections after a chip's × was pressed."""
    return Corrections(
        corrections.without | {key}, {chip: code for chip, code in corrections.choices.items() if chip != key}
    )


def choosing(corrections: Corrections, key: str, code: str) -> Corrections:
    """The corrections after another reading of a chip was chosen."""
    return Corrections(corrections.without - {key}, {**corrections.choices, key: code})
