"""Words for what takes a unit's time."""

from marketplace.bookings.models import OccupancyKind
from marketplace.kernel.words import gettext


def kind_label(kind: OccupancyKind) -> str:
    """What takes the time, as a factory says it."""
    return {
        OccupancyKind.BOOKING: gettext("预订占用"),
        OccupancyKind.MAINTENANCE: gettext("检修"),
        OccupancyKind.OWN_PRODUCTION: gettext("自己生产"),
        OccupancyKind.BREAKDOWN: gettext("故障停机"),
        OccupancyKind.FACILITY: gettext("水电气停供"),
        OccupancyKind.IMPORTED: gettext("外部日历"),
    }[kind]


def weekday_label(day: str) -> str:
    """A weekday by its word in `opening.WEEKDAYS`."""
    return {
        "mon": gettext("星期一"),
        "tue": gettext("星期二"),
        "wed": gettext("星期三"),
        "thu": gettext("星期四"),
        "fri": gettext("星期五"),
        "sat": gettext("星期六"),
        "sun": gettext("星期日"),
    }[day]


def kind_note(kind: OccupancyKind) -> str:
    """What follows from choosing it."""
    return {
        OccupancyKind.MAINTENANCE: gettext("按计划保养、校准、换刀；有预订的时间不能占。"),
        OccupancyKind.OWN_PRODUCTION: gettext("自己要用；有预订的时间不能占。"),
        OccupancyKind.BREAKDOWN: gettext("设备坏了；确认后会取消这段时间的预订，对方不用付费。"),
    }.get(kind, "")
