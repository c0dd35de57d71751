"""Sentences for the refusals of orders."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "own_listing": lambda _: gettext("这是您自己企业的设备，不用预订；要占用请在时间表里设停用。"),
    "price_on_request": lambda _: gettext("这条供给的价格要问供方，请用“请供方报价”。"),
    "price_changed": lambda _: gettext("价格刚刚变了，请看新的价格后再预订。"),
    "order_transition": lambda _: gettext("这份订单的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "order_began": lambda _: gettext("使用时间已经开始，不能再取消；有问题请联系对方。"),
    "order_not_over": lambda _: gettext("还没到预订的结束时间，结束后才能确认完成。"),
    "not_a_party": lambda _: gettext("您不是这份订单的任何一方。"),
    "other_side_decides": lambda _: gettext("这一步要由对方来做。"),
    "no_units": lambda _: gettext("数量至少为 1。"),
    "empty_range": lambda _: gettext("结束时间要晚于开始时间。"),
    "too_long": lambda _: gettext("超过了最长租用时间，请分几次预订。"),
}
