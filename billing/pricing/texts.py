"""What lines, units and refusals are called: Chinese texts that are also the keys of their translations."""

from collections.abc import Mapping
from types import MappingProxyType

LINE_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "rent_hour": "按小时租用",
        "rent_shift": "按班租用",
        "rent_day": "按天租用",
        "rent_week": "按周租用",
        "rent_month": "按月租用",
        "band": "时段加价或优惠",
        "overage": "超出包含的工时",
        "discount_quantity": "多台优惠",
        "discount_duration": "长租优惠",
        "discount_group": "客户组优惠",
        "minimum_charge": "补足最低收费",
        "operator": "操作员",
        "delivery": "料件接送",
        "set_up": "试切装夹",
        "usage_machine_hour": "机时费",
        "usage_piece": "计件费",
        "usage_sample": "样品费",
        "usage_kwh": "用电费",
        "usage_cycle": "循环次数费",
        "usage_turnover": "按金额计费",
        "recurring": "周期费用",
        "credit": "退回未用部分",
        "charge": "新价格的剩余部分",
        "rent_instalment": "以租代售租金",
        "buy_out": "买断价",
        "late_fee": "逾期费",
        "instalment": "分期",
        "share": "分摊",
        "goods": "货款",
        "cancellation": "取消费",
        "ruling": "裁决退还",
        "cap": "封顶减免",
        "commitment": "补足最低用量",
        "fee": "其他费用",
    }
)
UNIT_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "hour": "小时",
        "shift": "班",
        "day": "天",
        "week": "周",
        "month": "月",
        "machine_hour": "机时",
        "piece": "件",
        "sample": "样",
        "kwh": "度",
        "cycle": "次",
        "turnover": "元",
    }
)
REFUSAL_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "请填写这一项。",
        "unknown": "没有这一项。",
        "unknown_word": "请从给出的选项里选。",
        "not_an_object": "格式不对。",
        "not_a_list": "格式不对。",
        "not_a_flag": "请选是或否。",
        "not_a_text": "请填文字。",
        "not_an_integer": "请填整数。",
        "not_a_decimal": "请填数字，如 420 或 420.50。",
        "not_a_number": "请填数字，如 420 或 420.50。",
        "not_a_time": "请填时刻，如 20:00。",
        "not_weekdays": "请至少选一天。",
        "out_of_range": "数值超出允许的范围。",
        "too_many_places": "小数最多 8 位。",
        "not_rising": "各档要从小到大，不能重复。",
        "only_last_open": "只有最后一档不写上限。",
        "one_wanted": "这种计价只有一档。",
        "below_commitment": "封顶不能低于最低用量。",
        "not_whole_minutes": "请精确到整分钟。",
        "not_part_of_an_hour": "计费步长要能整除一小时，如 15、30、60 分钟。",
        "needs_24h_rule": "只有按 24 小时算一天时才有宽限。",
        "empty_or_twice": "名称不能为空，也不能重复。",
        "not_in_this_model": "这种计价不用这一项。",
        "not_a_date": "请填日期，如 2026-12-01；带时刻时写明时区。",
        "not_a_zone": "没有这个时区，请填如 Asia/Shanghai。",
        "not_a_calculation": "请从给出的计算种类里选。",
        "naive_time": "时刻要写明时区，如 2026-12-01T08:00:00+08:00。",
        "empty_range": "结束要晚于开始。",
        "too_long": "一次最长三年，更长的按账期计。",
        "no_units": "至少一台。",
        "more_hours_than_the_range": "使用工时不能多于整段时间。",
        "negative_usage": "用量不能为负。",
        "mixed_currencies": "币种要一致。",
        "outside_the_period": "要在整个账期之内。",
        "one_of_two": "两项里只填一项。",
        "no_rate": "税率表里没有这一天的税率，请直接填写税率。",
        "below_the_rents": "租金合计不能低于价款。",
        "not_money": "金额按最小货币单位（分）填整数，并写明币种。",
        "too_little": "金额太小，不够每份一分。",
        "no_positive_weight": "至少一份的权重要大于零。",
        "twice_with_other_content": "同一来源的同一编号出现了两次，内容不同。",
        "unreadable": "文件不是有效的 JSON。",
    }
)
"""By the code of a `PlanError`."""

_UNIT_OF_LINE: Mapping[str, str] = MappingProxyType(
    {f"rent_{code}": code for code in ("hour", "shift", "day", "week", "month")}
    | {f"usage_{code}": code for code in ("machine_hour", "piece", "sample", "kwh", "cycle", "turnover")}
    | {"operator": "hour", "overage": "hour", "rent_instalment": "month"}
)


def line_text(code: str) -> str:
    """What a line of this code is called; every band and every fee of the supplier's own has a common name."""
    if code in LINE_TEXTS:
        return LINE_TEXTS[code]
    return LINE_TEXTS["band" if code.startswith("band_") else "fee"]


def unit_text(code: str) -> str:
    """What a line of this code counts; empty for lines that come once."""
    return UNIT_TEXTS[_UNIT_OF_LINE[code]] if code in _UNIT_OF_LINE else ""
