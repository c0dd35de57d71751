"""What meters refuse, in the reader's words."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "meter": lambda _: gettext("没有找到这块计量表，可能不属于您的企业。"),
    "device_token": lambda _: gettext("没有找到这个设备令牌。"),
    "reading": lambda _: gettext("没有找到这条读数。"),
    "unknown_unit": lambda _: gettext("请从给出的计量单位里选。"),
    "too_many_readings": lambda _: gettext("一次最多 1000 条读数，请分批发送。"),
    "reading_corrected": lambda _: gettext("这条读数已经更正过了，请更正最新的那一条。"),
    "reading_not_held": lambda _: gettext("这条读数不在待核对的状态，请刷新查看。"),
    "reading_not_counted": lambda _: gettext("这条读数没有计费，不用提出异议。"),
    "reading_refused": lambda facts: {
        "in_the_future": gettext("读数时间在未来，请核对日期和时间。"),
        "too_old": gettext("读数时间太早，最多补 400 天以内的。"),
        "negative": gettext("读数不能是负数。"),
    }.get(str(facts.get("why", "")), gettext("这条读数不能收下，请核对。")),
    "not_a_counter": lambda _: gettext("只有累计读数的表才需要换表。"),
    "counter_went_back": lambda _: gettext("旧表的最后读数不能小于已收到的读数，请核对。"),
}
