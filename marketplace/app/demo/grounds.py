"""The grounds of the demo park 云溪智造园: its zones with their streets, as drawn on its map."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.accounts.models import Department, Park, Zone

OUTLINE = {"width": 268, "height": 300}
DEPARTMENTS = (
    ("services", "企业服务部", "Enterprise services"),
    ("credit", "信用管理部", "Credit"),
    ("finance", "财务结算部", "Finance"),
)


@dataclass(frozen=True, slots=True)
class ZonePlan:
    code: str
    zh: str
    en: str
    polygon: tuple[tuple[int, int], ...]
    latitude: float
    longitude: float
    street: str


ZONES = (
    ZonePlan(
        "north-1",
        "北一区",
        "North 1",
        ((34, 58), (94, 28), (132, 32), (132, 92), (42, 110)),
        31.3105,
        120.6205,
        "砺锋路",
    ),
    ZonePlan(
        "north-2",
        "北二区",
        "North 2",
        ((146, 33), (184, 36), (230, 68), (232, 114), (146, 96)),
        31.311,
        120.633,
        "芯源路",
    ),
    ZonePlan(
        "testing",
        "检测谷",
        "Testing Valley",
        ((34, 124), (128, 105), (134, 151), (36, 149)),
        31.3035,
        120.62,
        "衡准街",
    ),
    ZonePlan(
        "logistics",
        "物流港",
        "Logistics Port",
        ((142, 106), (232, 124), (234, 138), (142, 152)),
        31.304,
        120.634,
        "通港路",
    ),
    ZonePlan(
        "south-1",
        "南一区",
        "South 1",
        ((34, 192), (134, 194), (134, 272), (78, 268), (34, 224)),
        31.296,
        120.6205,
        "炉火路",
    ),
    ZonePlan(
        "south-2",
        "南二区",
        "South 2",
        ((146, 186), (236, 170), (220, 234), (164, 268), (146, 266)),
        31.2955,
        120.6335,
        "塑成路",
    ),
)


def lay_out_park(session: Session) -> tuple[Park, dict[str, Zone]]:
    """The park, its zones by code and the departments of its office."""
    park = Park(code="yunxi", name_zh="云溪智造园", name_en="Yunxi Park", outline=dict(OUTLINE), payment_required=True)
    session.add(park)
    session.flush()
    zones = {
        plan.code: Zone(
            park_id=park.id,
            code=plan.code,
            name_zh=plan.zh,
            name_en=plan.en,
            polygon=[[float(x), float(y)] for x, y in plan.polygon],
            latitude=plan.latitude,
            longitude=plan.longitude,
        )
        for plan in ZONES
    }
    session.add_all(zones.values())
    session.add_all(Department(park_id=park.id, code=code, name_zh=zh, name_en=en) for code, zh, en in DEPARTMENTS)
    session.flush()
    return park, zones
