"""Why a plan cannot be taken."""


class PlanError(ValueError):
    """`field` is the path in the plan (`operator.hour`), `code` a stable word: `unknown`, `missing`, `not_a_number` …"""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
