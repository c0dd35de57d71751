"""Which machines of the demo park are let for months: paid by what they do, or rented to own."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from billing.pricing.plans import Meter, UsagePlan
from billing.pricing.rent_to_own import CreditRule, RentStep, RentToOwnTerms
from billing.pricing.tiers import Model, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Letting:
    """One contract: firms by their code, the machine by type and size class. Without `ended` it runs on.

    `began` and `ended` are ago; `daily` is what the meter counts on a usual day. A rent-to-own that ended was bought out.
    """

    supplier: str
    demander: str
    type_code: str
    size: int
    plan: UsagePlan | RentToOwnTerms
    began: timedelta
    ended: timedelta | None = None
    daily: Decimal = Decimal(0)

    @property
    def is_metered(self) -> bool:
        return isinstance(self.plan, UsagePlan)


def _by_hour(yuan: int) -> UsagePlan:
    return UsagePlan(meter=Meter.MACHINE_HOUR, tiers=(Tier(unit_price=Decimal(yuan)),))


def _to_own(price: int, rent: int, months: int, *, credit: int) -> RentToOwnTerms:
    return RentToOwnTerms(
        price=Decimal(price),
        rents=(RentStep(count=months, rent=Decimal(rent)),),
        credit=CreditRule(percent=Decimal(credit)),
        option_price=Decimal(price // 50),
        late_fee=Decimal(50),
    )


BY_PIECE = UsagePlan(
    meter=Meter.PIECE,
    tiers=(Tier(unit_price=Decimal("0.90"), up_to=Decimal(10_000)), Tier(unit_price=Decimal("0.78"))),
    model=Model.GRADUATED,
    minimum_commitment=Decimal(3000),
)
LETTINGS = (
    Letting(
        supplier="lichuan",
        demander="zhengyang",
        type_code="vertical_machining_centre",
        size=1,
        plan=_by_hour(85),
        began=timedelta(days=82),
        daily=Decimal("4.5"),
    ),
    Letting(
        supplier="ruisu",
        demander="linxi",
        type_code="injection_moulding_machine",
        size=1,
        plan=BY_PIECE,
        began=timedelta(days=118),
        daily=Decimal(460),
    ),
    Letting(
        supplier="chisong",
        demander="zerun",
        type_code="press_brake",
        size=0,
        plan=_by_hour(70),
        began=timedelta(days=75),
        daily=Decimal("3.2"),
    ),
    Letting(
        supplier="lichuan",
        demander="tengyue",
        type_code="five_axis_machining_centre",
        size=0,
        plan=_by_hour(260),
        began=timedelta(days=140),
        ended=timedelta(days=62),
        daily=Decimal("5.5"),
    ),
    Letting(
        supplier="lichuan",
        demander="zhengyang",
        type_code="cnc_lathe",
        size=1,
        plan=_to_own(58_000, 4_600, 12, credit=85),
        began=timedelta(days=100),
    ),
    Letting(
        supplier="lanqiao",
        demander="tengyue",
        type_code="surface_grinder",
        size=0,
        plan=_to_own(46_000, 2_600, 18, credit=90),
        began=timedelta(days=146),
    ),
    Letting(
        supplier="yuanhang",
        demander="haina",
        type_code="forklift",
        size=0,
        plan=_to_own(36_000, 3_000, 12, credit=80),
        began=timedelta(days=150),
        ended=timedelta(days=48),
    ),
)
