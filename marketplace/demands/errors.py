"""Sentences for the refusals of demands and quotes."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "demand_untitled": lambda _: gettext("请用一句话说明要做什么。"),
    "demand_says_too_little": lambda _: gettext("请选一个类型，或写一个参数要求（如 600mm、±0.01），不然没法替您找。"),
    "unknown_type": lambda _: gettext("没有这种类型，请从列表里选。"),
    "unknown_attribute": lambda _: gettext("没有这个参数，请从目录里选。"),
    "bad_constraint": lambda _: gettext("这个参数要求读不懂，请写成“不小于、不大于、等于”加数值和单位。"),
    "unknown_zone": lambda _: gettext("园区里没有这个功能区。"),
    "unknown_firm": lambda facts: gettext(
        "园区里没有找到：%(names)s。请写企业全称或统一社会信用代码。", names=facts["names"]
    ),
    "nobody_invited": lambda _: gettext("只发给受邀企业时，请至少写一家。"),
    "radius_needs_a_place": lambda _: gettext("您的企业还没有坐标，请改选功能区，或先在企业资料里填地址。"),
    "window_passed": lambda _: gettext("这段时间已经过去，请往后选。"),
    "window_too_short": lambda _: gettext("时间段比要用的时间还短，请放宽时间段或减少用时。"),
    "exact_needs_a_window": lambda _: gettext("要整段占用，请填开始和结束时间。"),
    "hours_need_a_window": lambda _: gettext("请说明这些小时要在哪段时间里用。"),
    "closes_in_the_past": lambda _: gettext("报价截止时间要晚于现在。"),
    "closes_after_the_window": lambda _: gettext("报价截止要早于使用时间段结束。"),
    "demand_transition": lambda _: gettext("这条需求的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "demand_not_open": lambda _: gettext("这条需求已经不收报价了。"),
    "own_demand": lambda _: gettext("这是您自己企业的需求，不能给自己报价。"),
    "not_asked": lambda _: gettext("这条需求问的是另一台设备，请就那一台报价。"),
    "one_live_quote": lambda _: gettext("您已经用这台设备报过价，请在那份报价上继续。"),
    "quote_transition": lambda _: gettext("这份报价的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "quote_expired": lambda _: gettext("这份报价已过有效期，请供方重新报价。"),
    "quote_without_lines": lambda _: gettext("请至少写一行价格。"),
    "bad_line": lambda _: gettext("这一行的数量或单价读不懂，请填数字。"),
    "rents_stand_alone": lambda _: gettext("以租代售的报价只能有月租这一行，其他费用请另外约定。"),
    "one_counted_line": lambda _: gettext("按实际用量结算的只能有一行。"),
    "negative_total": lambda _: gettext("合计不能是负数。"),
    "valid_until_passed": lambda _: gettext("有效期要晚于现在。"),
    "valid_until_after_start": lambda _: gettext("有效期不能晚于使用的开始时间。"),
    "too_long_valid": lambda _: gettext("有效期最长 60 天。"),
    "counter_says_nothing": lambda _: gettext("还价请写金额，或写明要改什么。"),
    "other_side_decides": lambda _: gettext("这一步要由对方来做。"),
}
