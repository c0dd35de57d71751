"""What dimensions, faults and reasons are called on a page."""

from credit.scoring.alarms import AlarmKind
from credit.scoring.events import Role
from credit.scoring.selection import Why
from marketplace.kernel.words import gettext


def role_name(role: str) -> str:
    return gettext("供方信用评价") if role == Role.SUPPLIER else gettext("需方信用评价")


def good_name(dimension: str) -> str:
    """What praise in a dimension says."""
    return {
        "handover": gettext("按时交接"),
        "quality": gettext("一次验收合格"),
        "completion": gettext("接单都做完"),
        "disputes": gettext("没有争议"),
        "reviews": gettext("对方好评"),
        "payment": gettext("按时付款"),
        "deposit": gettext("完好归还"),
        "cancellation": gettext("如约使用"),
    }[dimension]


def bad_name(dimension: str) -> str:
    """What a fault in a dimension says."""
    return {
        "handover": gettext("交接晚点"),
        "quality": gettext("返工或拒收"),
        "completion": gettext("接单后取消"),
        "disputes": gettext("争议成立"),
        "reviews": gettext("对方评价偏低"),
        "payment": gettext("付款晚了"),
        "deposit": gettext("押金被扣"),
        "cancellation": gettext("临时取消或未到"),
    }[dimension]


def why_name(why: str) -> str:
    """Why a row does not count, in a word."""
    return {
        Why.LATER: gettext("日期在今天之后"),
        Why.PROVISIONAL: gettext("还没生效"),
        Why.HELD_OUT: gettext("异议中，暂不计入"),
        Why.SUPERSEDED: gettext("已更正"),
        Why.ENDED: gettext("已不再计入"),
        Why.SAME_GROUP: gettext("关联企业，不计"),
        Why.STRANGER: gettext("对方记录还少，不计"),
        Why.UNPAID: gettext("未付款，不计"),
        Why.SAME_ORDER: gettext("同一订单只计一次"),
        Why.GROUP_CAP: gettext("同一企业 90 天内已计 4 次"),
        Why.NEWCOMER_CAP: gettext("新往来企业 30 天内已计 3 次"),
    }.get(Why(why), "")


def gate_name(reason: str) -> str:
    return {
        "serious_dishonesty": gettext("列入严重失信主体名单"),
        "enforcement_debtor": gettext("失信被执行人"),
        "public_D": gettext("公共信用评价为 D"),
        "general_penalty_in_minimum_period": gettext("一般行政处罚在最短公示期内"),
        "upheld_fraud": gettext("认定造假或虚构订单"),
    }.get(reason, reason)


def alarm_name(kind: str) -> str:
    if kind == AlarmKind.FAULTS:
        return gettext("近 30 天过失偏多")
    return gettext("好评多来自新往来企业")


def class_name(record_class: str) -> str:
    return {
        "serious_dishonesty": gettext("列入严重失信主体名单"),
        "enforcement_debtor": gettext("失信被执行人"),
        "public_D": gettext("公共信用评价为 D"),
        "serious_penalty": gettext("严重行政处罚"),
        "general_penalty": gettext("一般行政处罚"),
        "minor_penalty": gettext("轻微行政处罚"),
        "commendation": gettext("表彰奖励"),
    }[record_class]


def condition_name(condition: str) -> str:
    """What the best grade asks for."""
    return {
        "score": gettext("得分"),
        "events": gettext("计分记录"),
        "groups": gettext("往来企业"),
        "months": gettext("记录满几个月"),
        "interval_low": gettext("九成把握区间的下限"),
        "worst_dimension": gettext("没有一项明显偏低"),
    }[condition]


def column_name(column: str) -> str:
    """A column of a file of public records."""
    return {
        "uscc": gettext("统一社会信用代码"),
        "document_number": gettext("文书号"),
        "authority": gettext("机关"),
        "class": gettext("类别"),
        "published_from": gettext("公示日期"),
        "min_until": gettext("最短公示期至"),
        "max_until": gettext("最长公示期至"),
        "repaired": gettext("是否修复"),
        "points": gettext("加分"),
    }.get(column, column)


def bad_cell(code: str) -> str:
    """What is wrong with a cell of such a file."""
    return {
        "required": gettext("这一项要填。"),
        "too_long": gettext("超过 100 个字。"),
        "unknown_firm": gettext("园区里没有这家企业。"),
        "unknown_class": gettext(
            "没有这个类别，可填：严重失信、失信被执行人、公共信用D级、严重处罚、一般处罚、轻微处罚、表彰。"
        ),
        "bad_date": gettext("日期要写成 2026-11-28。"),
        "end_before_start": gettext("结束日期早于开始日期。"),
        "yes_or_no": gettext("要填“是”或“否”。"),
        "not_a_number": gettext("要填数字。"),
        "out_of_range": gettext("要在 0 到 100 之间。"),
    }.get(code, code)
