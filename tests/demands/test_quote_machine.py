"""The quote's states under any order of steps: only those of the table, history complete, time held only while it stands."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from marketplace.demands.models import Quote, QuoteStatus
from marketplace.kernel.errors import Conflict
from tests.application import NOW
from tests.demands.bazaar import HOUR

STEPS = {
    QuoteStatus.DRAFT: {QuoteStatus.SENT, QuoteStatus.WITHDRAWN},
    QuoteStatus.SENT: {
        QuoteStatus.COUNTERED,
        QuoteStatus.ACCEPTED,
        QuoteStatus.DECLINED,
        QuoteStatus.EXPIRED,
        QuoteStatus.WITHDRAWN,
    },
    QuoteStatus.COUNTERED: {
        QuoteStatus.SENT,
        QuoteStatus.DECLINED,
        QuoteStatus.EXPIRED,
        QuoteStatus.WITHDRAWN,
    },
}


class QuoteStates(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.quote = Quote(
            demand_id=1,
            park_id=1,
            listing_id=1,
            supplier_id=1,
            demander_id=2,
            made_by=None,
            created_at=NOW,
            valid_until=NOW + HOUR,
            during=None,
            currency="CNY",
            lines=[],
            total_amount=1,
            tax_amount=0,
            vat_basis_points=1300,
        )
        self.walked = [QuoteStatus.DRAFT]

    @rule(status=st.sampled_from(QuoteStatus))
    def step(self, status):
        before = self.quote.status
        if status in STEPS.get(before, set()):
            self.quote.move_to(status)
            self.walked.append(status)
            return
        with pytest.raises(Conflict):
            self.quote.move_to(status)
        assert self.quote.status is before

    @invariant()
    def nothing_follows_an_end(self):
        ends = [n for n, one in enumerate(self.walked) if one not in STEPS]
        assert not ends or ends == [len(self.walked) - 1]

    @invariant()
    def accepted_only_from_a_sent_one(self):
        for before, after in zip(self.walked, self.walked[1:], strict=False):
            assert after is not QuoteStatus.ACCEPTED or before is QuoteStatus.SENT


TestQuoteStates = QuoteStates.TestCase
TestQuoteStates.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
