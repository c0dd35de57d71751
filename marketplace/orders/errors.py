"""Sentences for the refusals of orders."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "own_listing": lambda _: gettext("这是您自己企业的设备，不用预订；要占用请在时间表里设停用。"),
    "price_on_request": lambda _: gettext("这条供给的价格要问供方，请用“请供方报价”。"),
    "expected_usage_missing": lambda _: gettext("这条供给按用量计价，请填写预计用量；账单按实际用量算。"),
    "no_longer_to_own": lambda _: gettext("供方已不再以租代售这台设备，请对方重新报价。"),
    "negative_usage": lambda _: gettext("预计用量不能是负数。"),
    "whole_term": lambda facts: gettext(
        "以租代售要按整个租期预订，共 %(months)s 个月；结束时间请留空。", months=facts.get("months", "")
    ),
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
    "order_not_active": lambda _: gettext("这份订单还没有生效，或者已经结束，不能做这一步。"),
    "handed_over_already": lambda _: gettext("设备已经交接，不能再取消；请走归还，有分歧可以提出争议。"),
    "fulfilment_transition": lambda _: gettext("交接的进度刚刚变了，不能再做这一步，请刷新查看。"),
    "handover_too_early": lambda _: gettext("最早可在约定开始前 12 小时交接。"),
    "record_kind": lambda _: gettext("这类订单没有这种单据。"),
    "record_not_waiting": lambda _: gettext("这张单据已经处理过，请刷新查看。"),
    "checklist_incomplete": lambda _: gettext("请逐项填写检查表。"),
    "check_missing": lambda _: gettext("请选择“正常”或“有问题”。"),
    "unknown_check": lambda _: gettext("检查表里没有这一项。"),
    "check_note_missing": lambda _: gettext("有问题的项目请写明情况。"),
    "bad_reading": lambda _: gettext("读数要写成数字，例如 1286.5。"),
    "reading_backwards": lambda facts: gettext(
        "读数比交接时的 %(before)s 还小，请核对表上的数字。", before=facts.get("before", "")
    ),
    "unknown_unit": lambda _: gettext("这几台里有的不在这份订单里，或者已经归还。"),
    "all_units_together": lambda _: gettext("交接要一次交齐；归还可以分批。"),
    "not_missed_yet": lambda _: gettext("约定开始一小时后，对方还没有来，才能报告。"),
    "damage_missing": lambda _: gettext("索赔请写明损坏情况。"),
    "negative_claim": lambda _: gettext("金额不能是负数。"),
    "bad_claim": lambda _: gettext("金额请写成元，最多两位小数，例如 350 或 350.50。"),
    "claim_missing": lambda _: gettext("请写明发生了什么、您要求什么。"),
    "dispute_open": lambda _: gettext("这份订单已有一件争议在处理。"),
    "too_late_to_dispute": lambda _: gettext("订单结束超过七天，已经不能再提出争议。"),
    "dispute_transition": lambda _: gettext("争议的进度刚刚变了，请刷新查看。"),
    "answer_awaited": lambda _: gettext("对方的答复期限还没到，请等答复或到期后再裁决。"),
    "decided_by_you": lambda _: gettext("申诉要由没有参与第一次裁决的人员复核。"),
    "refund_beyond_total": lambda _: gettext("退还金额在 0 和订单金额之间。"),
    "text_required": lambda _: gettext("请写明内容。"),
    "too_late_to_appeal": lambda _: gettext("申诉期已过，或者已经申诉过一次。"),
}
