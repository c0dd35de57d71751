"""A small park of machines of many types and sizes, and golden lines with what they must find."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.listings.catalogue import AttributeValue
from marketplace.listings.models import Listing
from tests.listings.factories import create_published_listing, rent

MM = 1000
KN = 1000


def _number(value: int) -> AttributeValue:
    return {"number": value}


def _mills(code: str, title: str) -> list[tuple[str, str, dict[str, AttributeValue], str]]:
    return [
        (code, f"{title} {x}", {"travel_x": _number(x * MM), "travel_y": _number(x * MM // 2)}, str(100 + x // 10))
        for x in (500, 650, 850, 1100, 1600)
    ]


def _machines() -> list[tuple[str, str, dict[str, AttributeValue], str]]:
    """Type, title, attributes, price by the hour."""
    machines = _mills("vertical_machining_centre", "立式加工中心 VMC")
    machines += _mills("gantry_machining_centre", "龙门加工中心 XK")
    for x in (400, 600, 800):
        accuracy = _number(4 + x // 200)
        machines.append(
            (
                "five_axis_machining_centre",
                f"五轴加工中心 DU-{x}",
                {
                    "travel_x": _number(x * MM),
                    "positioning_accuracy": accuracy,
                    "materials": {"words": ["titanium", "aluminium"]},
                },
                "300",
            )
        )
    for diameter in (200, 400, 630):
        machines.append(
            (
                "cnc_lathe",
                f"数控车床 CK{diameter}",
                {"turning_diameter": _number(diameter * MM), "turning_length": _number(1000 * MM)},
                "90",
            )
        )
    for x in (500, 900, 1500):
        machines.append(("cmm", f"三坐标测量机 GL-{x}", {"measuring_x": _number(x * MM)}, "150"))
    for length in (3000, 4000, 6000):
        machines.append(
            (
                "laser_cutter",
                f"光纤激光切割机 G{length}",
                {
                    "sheet_length": _number(length * MM),
                    "sheet_width": _number(length * MM // 2),
                    "materials": {"words": ["carbon_steel"]},
                },
                "200",
            )
        )
    for size in (300, 600, 1000):
        machines.append(("surface_grinder", f"平面磨床 M7{size}", {"grinding_length": _number(size * MM)}, "80"))
    machines += [
        ("press_brake", "数控折弯机 WC67Y-3200", {"bending_length": _number(3200 * MM)}, "110"),
        ("press_brake", "数控折弯机 WC67Y-4000", {"bending_length": _number(4000 * MM)}, "130"),
        ("slow_wire_edm", "慢走丝线切割 AQ360", {}, "160"),
        ("sinker_edm", "电火花成型机 EDM450", {}, "120"),
        ("environmental_chamber", "高低温试验箱 GDW-500", {}, "60"),
        ("warehouse", "恒温仓库 东区", {}, "20"),
    ]
    return machines


def create_golden_park(session: Session, park: Park, enterprise: Enterprise, zone: Zone) -> list[Listing]:
    """Publish every machine; the first of each type stands in the zone."""
    seen: set[str] = set()
    made: list[Listing] = []
    for code, title, attributes, hour in _machines():
        place = None if code in seen else zone
        seen.add(code)
        made.append(
            create_published_listing(
                session,
                park,
                enterprise,
                type_code=code,
                title=title,
                attributes=attributes,
                zone=place,
                plan=rent(hour),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Golden:
    """A line with the titles that answer it, by grade: 2 does the job, 1 is the right kind but badly suited."""

    line: str
    best: tuple[str, ...]
    fair: tuple[str, ...] = ()
    nothing_fits: bool = False


def _vmc(*sizes: int) -> tuple[str, ...]:
    return tuple(f"立式加工中心 VMC {size}" for size in sizes)


def _xk(*sizes: int) -> tuple[str, ...]:
    return tuple(f"龙门加工中心 XK {size}" for size in sizes)


def _of(prefix: str, *sizes: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{size}" for size in sizes)


DU, CK, GL, LASER, M7 = "五轴加工中心 DU-", "数控车床 CK", "三坐标测量机 GL-", "光纤激光切割机 G", "平面磨床 M7"
BRAKES = ("数控折弯机 WC67Y-3200", "数控折弯机 WC67Y-4000")
GOLDEN = (
    Golden("立式加工中心", _vmc(500, 650, 850, 1100, 1600)),
    Golden("立加 600mm", _vmc(650), _vmc(850, 1100, 1600)),
    Golden("立式加工中心 X行程 800mm", _vmc(850, 1100), _vmc(1600)),
    Golden("立式加工中心 1000mm 明天 4小时", _vmc(1100), _vmc(1600)),
    Golden("立式加工中心 2000mm", _vmc(1600), _vmc(1100, 850), nothing_fits=True),
    Golden("立式加工中心 8小时 预算1300元", _vmc(500), _vmc()),
    Golden("vertical machining centre 800 mm", _vmc(850, 1100), _vmc(1600)),
    Golden("VMC 850", _vmc(850), _vmc(500, 650, 1100, 1600)),
    Golden("龙门加工中心", _xk(500, 650, 850, 1100, 1600)),
    Golden("龙门 1500mm", _xk(1600)),
    Golden("gantry machining centre 1 m", _xk(1100), _xk(1600)),
    Golden("五轴", _of(DU, 400, 600, 800)),
    Golden("五轴 钛合金", _of(DU, 400, 600, 800)),
    Golden("五轴 钛合金 600mm", _of(DU, 600, 800)),
    Golden("五轴 600mm ±0.01", _of(DU, 600, 800)),
    Golden("五轴加工中心 700mm 后天 8小时", _of(DU, 800)),
    Golden("5-axis titanium 500 mm", _of(DU, 600, 800)),
    Golden("五轴 钛合金 3000mm", _of(DU, 800), _of(DU, 600, 400), nothing_fits=True),
    Golden("数控车床", _of(CK, 200, 400, 630)),
    Golden("数控车床 直径300", _of(CK, 400), _of(CK, 630)),
    Golden("CNC lathe", _of(CK, 200, 400, 630)),
    Golden("车床 明天上午", _of(CK, 200, 400, 630)),
    Golden("cnc车床 每小时100元以内", _of(CK, 200, 400, 630)),
    Golden("数控车床 每小时50元以内", _of(CK, 200, 400, 630), nothing_fits=True),
    Golden("三坐标", _of(GL, 500, 900, 1500)),
    Golden("三坐标 800mm", _of(GL, 900), _of(GL, 1500)),
    Golden("CMM", _of(GL, 500, 900, 1500)),
    Golden("CMM 1 m tomorrow morning", _of(GL, 1500)),
    Golden("三座标测量", _of(GL, 500, 900, 1500)),
    Golden("激光切割", _of(LASER, 3000, 4000, 6000)),
    Golden("激光切割 3000x1500 碳钢", _of(LASER, 3000, 4000), _of(LASER, 6000)),
    Golden("激光切割 5000mm", _of(LASER, 6000)),
    Golden("laser cutting 4000x2000", _of(LASER, 4000), _of(LASER, 6000)),
    Golden("平面磨床", _of(M7, 300, 600, 1000)),
    Golden("平面磨 500mm", _of(M7, 600), _of(M7, 1000)),
    Golden("surface grinder", _of(M7, 300, 600, 1000)),
    Golden("折弯机", BRAKES),
    Golden("折弯 3500mm", BRAKES[1:]),
    Golden("press brake 3 m", BRAKES),
    Golden("慢走丝", ("慢走丝线切割 AQ360",)),
    Golden("电火花", ("电火花成型机 EDM450",)),
    Golden("高低温试验箱", ("高低温试验箱 GDW-500",)),
    Golden("恒温仓库", ("恒温仓库 东区",)),
    Golden("北一区 三坐标", _of(GL, 500)),
    Golden("北一区 平面磨床 下周", _of(M7, 300)),
)
