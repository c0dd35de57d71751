"""What stands around every page: brand, park, navigation, who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

EVERYONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A word and where it leads. The word may be a lazy translation."""

    label: Any
    url: str


@dataclass(frozen=True, slots=True)
class FirmChoice:
    """A firm (or office) the person may act for; `value` is what the switch form sends as `firm`."""

    label: str
    value: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The reader's surroundings, made for each page by a loader that the composition root registers.

    `audiences` are the words that `NavItem.who` is matched with; `counts` maps an endpoint to the number beside it.
    `switch_url` and `sign_out_url` are posted to.
    """

    park_name: str = ""
    home_url: str = "/"
    person: str | None = None
    acting_as: str | None = None
    firms: Sequence[FirmChoice] = ()
    switch_url: str = ""
    account_links: Sequence[Link] = ()
    sign_in_url: str = ""
    sign_out_url: str = ""
    notices_url: str = ""
    unread: int = 0
    audiences: frozenset[str] = EVERYONE
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    footer: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation.

    `who` empty means everyone, else any shared word with `Frame.audiences` shows it.
    `within` names endpoints or endpoint prefixes (`orders.`) on whose pages the entry is the current one.
    """

    endpoint: str
    label: Any
    who: frozenset[str] = EVERYONE
    within: tuple[str, ...] = ()

    def is_for(self, audiences: frozenset[str]) -> bool:
        return not self.who or bool(self.who & audiences)

    def is_current(self, endpoint: str | None) -> bool:
        """The page itself, or a page inside the section this entry opens."""
        if endpoint is None:
            return False
        return endpoint == self.endpoint or any(
            endpoint.startswith(name) if name.endswith(".") else endpoint == name for name in self.within
        )


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A navigation item as this reader sees it on this page."""

    label: Any
    url: str
    is_current: bool
    count: int = 0


class Navigation:
    """The items in their order; the composition root fills it."""

    def __init__(self, items: Iterable[NavItem] = ()) -> None:
        self._items = list(items)

    def add(self, item: NavItem) -> None:
        self._items.append(item)

    def entries(self, frame: Frame, endpoint: str | None, url_of: Callable[[str], str]) -> list[NavEntry]:
        """What this reader sees; at most one entry is current, an exact endpoint before a section."""
        shown = [item for item in self._items if item.is_for(frame.audiences)]
        current = next((item for item in shown if item.endpoint == endpoint), None) or next(
            (item for item in shown if item.is_current(endpoint)), None
        )
        return [
            NavEntry(item.label, url_of(item.endpoint), item is current, frame.counts.get(item.endpoint, 0))
            for item in shown
        ]


def entries_here(navigation: Navigation, frame: Frame) -> list[NavEntry]:
    """The navigation on the page being rendered."""
    return navigation.entries(frame, request.endpoint, url_for)
