"""Where a contract leads to: billing knows only the name of what it belongs to, whoever knows more registers it."""

from typing import Protocol


class SubjectLinks(Protocol):
    """Finds the page behind a `subject_ref`; the composition root registers who does."""

    def link(self, subject_ref: str) -> tuple[str, str] | None:
        """What to call it and its address, for the reader of the current request; None where there is nothing to show."""
        ...


class NoLinks:
    """Where nobody knows more."""

    def link(self, subject_ref: str) -> tuple[str, str] | None:  # noqa: ARG002 - the protocol's
        return None


_links: list[SubjectLinks] = [NoLinks()]


def lead_with(links: SubjectLinks) -> None:
    """Register who knows subjects; `marketplace.app` calls it."""
    _links[:] = [links]


def subject_link(subject_ref: str) -> tuple[str, str] | None:
    return _links[0].link(subject_ref)
