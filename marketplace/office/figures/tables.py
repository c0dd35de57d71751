"""The report as tables: what each chart draws, each file holds and the API answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.database import JSON
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.exports import Cell
from marketplace.listings.facts import type_name
from marketplace.office.figures.report import Machine, Report, share
from marketplace.office.figures.running import Running, sharing

MOST_IDLE = 100
MOST_FIRMS = 100
NAMES = ("utilisation", "weeks", "running", "money", "firms", "machines", "idle")


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a header and rows of plain cells."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One family or type of resources: its code, its name and its utilisation in each week (None: nothing open)."""

    code: str
    name: str
    shares: Sequence[float | None]


def heat_rows(report: Report, locale: str, family: str | None = None) -> list[HeatRow]:
    """Utilisation by family and week; with `family`, by the types of that family."""
    catalogue = load_catalogue()
    groups: dict[str, list[Machine]] = defaultdict(list)
    for machine in report.machines:
        code = machine.listing.type_code
        if code is None or code not in catalogue.types:
            continue
        top = catalogue.ancestors(code)
        root = top[-1].code if top else code
        if family is None or root == family:
            groups[root if family is None else code].append(machine)
    return [
        HeatRow(code, catalogue.types[code].name(locale), _shares(machines, len(report.weeks)))
        for code, machines in sorted(groups.items(), key=lambda group: list(catalogue.types).index(group[0]))
    ]


def _shares(machines: Sequence[Machine], weeks: int) -> list[float | None]:
    return [
        share(sum(one.booked_hours[n] for one in machines), sum(one.open_hours[n] for one in machines))
        for n in range(weeks)
    ]


def table_of(name: str, report: Report, locale: str, family: str | None = None) -> Table:
    """One of `NAMES` as rows for a file."""
    match name:
        case "utilisation":
            rows = [[row.name, *(_rounded(one, 4) for one in row.shares)] for row in heat_rows(report, locale, family)]
            table = Table(gettext("利用率"), [gettext("类型"), *(f"{week.day}" for week in report.weeks)], rows)
        case "weeks":
            table = Table(gettext("每周"), _week_header(), _week_rows(report))
        case "running":
            table = Table(gettext("实际运行"), _running_header(gettext("周一")), _running_rows(report))
        case "money":
            table = Table(gettext("担保资金和押金"), _money_header(), _money_rows(report))
        case "firms":
            table = Table(gettext("各企业"), _firm_header(), _firm_rows(report, locale))
        case "machines":
            table = Table(gettext("设备"), _machine_header(), _machine_rows(report.machines, locale))
        case _:
            table = Table(gettext("闲置设备"), _machine_header(), _machine_rows(report.idle(), locale))
    return table


def _week_header() -> list[str]:
    return [
        gettext("周一"),
        gettext("开放机时"),
        gettext("已订机时"),
        gettext("利用率"),
        gettext("订单"),
        gettext("金额（元）"),
    ]


def _week_rows(report: Report) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for week, opened, booked in zip(report.weeks, report.open_hours, report.booked_hours, strict=True):
        count, amount = report.orders.get(week.day, (0, 0))
        used = _rounded(share(booked, opened), 4)
        rows.append([f"{week.day}", round(opened, 1), round(booked, 1), used, count, amount / 100])
    return rows


def _running_header(first: str) -> list[str]:
    return [first, gettext("有效机时"), gettext("对外服务机时"), gettext("共享率")]


def _running_rows(report: Report) -> list[list[Cell]]:
    weeks = zip(report.weeks, report.running.effective, report.running.served, strict=True)
    return [[f"{week.day}", *_ran(effective, served)] for week, effective, served in weeks]


def _ran(effective: float, served: float) -> list[Cell]:
    return [round(effective, 1), round(served, 1), _rounded(sharing(served, effective), 4)]


def _ran_in_all(running: Running) -> list[Cell]:
    return _ran(sum(running.effective), sum(running.served))


def _money_header() -> list[str]:
    return [gettext("周一"), gettext("周末担保余额（元）"), gettext("放款给供方（元）")]


def _money_rows(report: Report) -> list[list[Cell]]:
    weeks = zip(report.weeks, report.money or (), strict=False)
    return [[f"{week.day}", one.held / 100, one.released / 100] for week, one in weeks]


def _firm_header() -> list[str]:
    return [*_running_header(gettext("企业")), gettext("开放机时"), gettext("已订机时"), gettext("利用率")]


def _firm_rows(report: Report, locale: str) -> list[list[Cell]]:
    return [
        [
            one.firm.name(locale),
            *_ran_in_all(one.running),
            round(one.open, 1),
            round(one.booked, 1),
            _rounded(one.utilisation, 4),
        ]
        for one in report.by_firm
    ]


def _machine_header() -> list[str]:
    return [
        gettext("供给"),
        gettext("企业"),
        gettext("类型"),
        gettext("开放机时"),
        gettext("已订机时"),
        gettext("利用率"),
        gettext("有效机时"),
        gettext("对外服务机时"),
        gettext("共享率"),
    ]


def _machine_rows(machines: Sequence[Machine], locale: str) -> list[list[Cell]]:
    return [
        [
            one.listing.title(locale),
            one.firm.name(locale),
            type_name(one.listing, locale),
            round(one.open, 1),
            round(one.booked, 1),
            _rounded(one.utilisation, 4),
            *_ran_in_all(one.running),
        ]
        for one in machines
    ]


def told(report: Report, locale: str) -> JSON:
    """The report as the API answers it: at most 100 idle machines and 100 enterprises, amounts in fen."""
    running = report.running
    weeks = [
        {
            "monday": week.day,
            "open_hours": opened,
            "booked_hours": booked,
            "utilisation": share(booked, opened),
            "orders": report.orders.get(week.day, (0, 0))[0],
            "order_amount": {"amount": report.orders.get(week.day, (0, 0))[1], "currency": "CNY"},
        }
        | _told_running(running.effective[n], running.served[n])
        | {"money": _told_money(report, n)}
        for n, (week, opened, booked) in enumerate(
            zip(report.weeks, report.open_hours, report.booked_hours, strict=True)
        )
    ]
    enterprises = [
        {"id": one.firm.public_id, "name": one.firm.name(locale), "utilisation": one.utilisation}
        | {"open_hours": one.open, "booked_hours": one.booked}
        | _told_running(one.effective, sum(one.running.served))
        for one in report.by_firm[:MOST_FIRMS]
    ]
    idle = [
        {"id": one.listing.public_id, "title": one.listing.title(locale), "open_hours": one.open}
        for one in report.idle()[:MOST_IDLE]
    ]
    return {
        "firms": {status.value: count for status, count in report.firms.items()},
        "listings": {status.value: count for status, count in report.listings.items()},
        "utilisation": report.utilisation,
        **_told_running(sum(running.effective), sum(running.served)),
        "open_ahead_hours": report.open_ahead_hours,
        "free_ahead_hours": report.free_ahead_hours,
        "weeks": weeks,
        "families": heat_rows(report, locale),
        "idle": idle,
        "enterprises": enterprises,
    }


def _told_running(effective: float, served: float) -> dict[str, float | None]:
    return {"effective_hours": effective, "served_hours": served, "sharing": sharing(served, effective)}


def _told_money(report: Report, number: int) -> JSON | None:
    if report.money is None:
        return None
    week = report.money[number]
    return {
        "held": {"amount": week.held, "currency": "CNY"},
        "released": {"amount": week.released, "currency": "CNY"},
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
