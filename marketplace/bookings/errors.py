"""Refusals of the calendar and their sentences."""

from marketplace.kernel.errors import Conflict
from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext


class Outrun(Conflict):
    """Somebody else's occupancy of the same unit came first; the caller looks again."""


SENTENCES: Sentences = {
    "slot_taken": lambda _: gettext("这段时间刚被别人订走了，下面是还空着的选择。"),
    "listing_not_offered": lambda _: gettext("这条供给现在不对外提供，请看看类似的。"),
    "booking_rules": lambda _: gettext("预订时间不合这台设备的规则，请看标出的地方。"),
    "starts_in_the_past": lambda _: gettext("开始时间已经过去，请选以后的时间。"),
    "too_short_notice": lambda _: gettext("供方要求再提前一些预订，请把开始时间往后选。"),
    "beyond_horizon": lambda _: gettext("还没开放这么远的时间，请选近一些的日期。"),
    "too_short": lambda _: gettext("比最短租用时间还短，请加长。"),
    "too_long": lambda _: gettext("超过了最长租用时间，请分几次预订。"),
    "off_step": lambda _: gettext("时长要是计时单位的整数倍，请调整结束时间。"),
    "closed_then": lambda _: gettext("这段时间不全在开放时间内，请看空闲表后再选。"),
    "line_is_one": lambda _: gettext("一条生产线只能整条预订，数量为 1。"),
    "bookings_in_the_way": lambda facts: gettext(
        "这段时间里已有 %(count)s 份预订。设备坏了请选“故障停机”并确认取消；其他情况请换个时间。", count=facts["count"]
    ),
    "already_blocked": lambda _: gettext("这段时间里已经有停用安排，请先解除或换个时间。"),
    "ends_in_the_past": lambda _: gettext("结束时间已经过去，请选以后的时间。"),
    "blackout_too_long": lambda _: gettext("一次最多停用 400 天；长期不用请把设备下架。"),
    "calendar_changed": lambda _: gettext("刚才有人改过这台设备的开放时间。您填的还在，对照后再保存。"),
    "bad_hours": lambda _: gettext("时间写成 08:00–12:00, 13:00–20:00 这样，24:00 是一天的末尾。"),
    "hours_overlap": lambda _: gettext("各段时间要先后分开，结束晚于开始。"),
    "too_many_hours": lambda _: gettext("一天最多写 6 段时间。"),
    "too_many_exceptions": lambda _: gettext("例外日期最多 100 天，请去掉已经过去的。"),
    "bad_exception": lambda _: gettext("例外日期有问题，请看标出的地方。"),
    "day_twice": lambda _: gettext("这个日期写了两次，请合成一行。"),
    "day_too_far": lambda _: gettext("日期离今天太远，请核对年份。"),
    "holiday": lambda _: gettext("这一天没有节假日安排。"),
    "holiday_year": lambda _: gettext("请填 2020 年到 2100 年之间的日期。"),
    "holiday_name": lambda _: gettext("请填这一天的名称。"),
    "calendar_feed": lambda _: gettext("没有找到这个日历地址，可能已经撤销。"),
    "too_many_feeds": lambda facts: gettext("日历地址最多 %(most)s 个，请先撤销不用的。", most=facts["most"]),
    "free_already": lambda _: gettext("这段时间现在空着，可以直接预订。"),
    "wait": lambda _: gettext("没有找到这条候补。"),
    "blackout": lambda _: gettext("没有找到这次停用安排。"),
    "window_too_long": lambda _: gettext("一次最多看 190 天，请缩短时间范围。"),
    "blackout_kind": lambda _: gettext("停用原因请从列表里选。"),
    "booking_released": lambda _: gettext("这份预订已经取消，不能再确认。"),
    "endless_range": lambda _: gettext("请填结束时间。"),
}
