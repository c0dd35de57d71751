"""Sentences for the refusals of orders."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "own_listing": lambda _: gettext("这是您自己企业的设备，不用预订；要占用请在时间表里设停用。"),
    "price_on_request": lambda _: gettext("这条供给的价格要问供方，请用“请供方报价”。"),
    "price_changed": lambda _: gettext("价格刚刚变了，请看新的价格后再预订。"),
    "order_transition": lambda _: gettext("这份订单的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "order_began": lambda _: gettext("使用时间已经开始，不能再取消；有问题请联系对方。"),
    "request_lapsed": lambda _: gettext("答复的期限已过，这份请求已经失效；需要时请对方重新预订。"),
    "no_time_to_pay": lambda _: gettext("离开始太近，来不及先付款，请选晚一些的时间。"),
    "system_only": lambda _: gettext("到账由系统确认，不能手工操作。"),
    "operator_required": lambda _: gettext("这台设备要由供方操作员开机，不能去掉操作员。"),
    "operator_not_offered": lambda _: gettext("供方不提供操作员，请安排自己的操作员。"),
    "delivery_not_offered": lambda _: gettext("供方不送货，请到现场使用或自提。"),
    "order_not_over": lambda _: gettext("还没到预订的结束时间，结束后才能确认完成。"),
    "not_a_party": lambda _: gettext("您不是这份订单的任何一方。"),
    "other_side_decides": lambda _: gettext("这一步要由对方来做。"),
    "no_units": lambda _: gettext("数量至少为 1。"),
    "empty_range": lambda _: gettext("结束时间要晚于开始时间。"),
    "too_long": lambda _: gettext("超过了最长租用时间，请分几次预订。"),
}
