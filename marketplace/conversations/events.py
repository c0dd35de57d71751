"""What has happened in conversations, for whoever tells people of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """A firm wrote about a subject."""

    message_id: int
    subject_ref: str
