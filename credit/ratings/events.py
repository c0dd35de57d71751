"""What has happened to ratings, for whoever keeps something in step with them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicGradeChanged:
    """The published grade of a firm in one role is another: deposits, matching and search use it."""

    park_id: int
    enterprise_id: int
    role: str
    before: str
    grade: str
