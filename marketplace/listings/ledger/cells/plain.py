"""Text made comparable, and the many ways of writing that nothing is known."""

import re
from functools import lru_cache
from unicodedata import normalize

UNKNOWN = frozenset(
    [
        "-",
        "--",
        "---",
        "----",
        "—",
        "——",
        "———",
        "–",
        "−",
        "/",
        "//",
        "///",
        "\\",
        "_",
        "__",
        ".",
        "..",
        "…",
        "……",
        "*",
        "**",
        "?",
        "??",
        "???",
        "？",
        "？？",
        "无",
        "没有",
        "暂无",
        "无无",
        "空",
        "空白",
        "未知",
        "不详",
        "不明",
        "不清",
        "不清楚",
        "待定",
        "待查",
        "待补",
        "待补充",
        "待确认",
        "待核实",
        "未填",
        "未登记",
        "无记录",
        "无资料",
        "无铭牌",
        "铭牌不清",
        "铭牌丢失",
        "铭牌缺失",
        "看不清",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nan",
        "null",
        "none",
        "nil",
        "tbd",
        "tba",
        "unknown",
        "unk",
        "not",
        "available",
        "not",
        "applicable",
        "(blank)",
        "blank",
        "无信息",
        "遗失",
        "缺",
        "缺失",
        "不适用",
        "见实物",
        "未编号",
        "无编号",
        "待编号",
        "暂无编号",
        "待编",
        "未编",
        "无型号",
        "无牌",
        "无厂家",
        "无铭牌号",
    ]
)
DITTO = frozenset(
    [
        "〃",
        "〃〃",
        '"',
        '""',
        "''",
        "″",
        "”",
        "“",
        "”",
        "〞",
        ",,",
        "々",
        "同上",
        "同前",
        "同上行",
        "同上一行",
        "同",
        "do",
        "do.",
        "ditto",
        "idem",
        '-"-',
        "―〃―",
        "-〃-",
        '"-"',
        "-同上-",
        "（同上）",
        "(同上)",
        "same",
        "same\xa0as\xa0above",
    ]
)
BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """NFKC, no blanks, no case: equal when two clerks mean the same word."""
    if text.isascii():
        return BLANKS.sub("", text).casefold()
    return BLANKS.sub("", normalize("NFKC", text)).casefold()


def one_line(text: str) -> str:
    """As written, with single blanks."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def is_unknown(text: str) -> bool:
    """Empty, or one of the signs that stand for nothing: /, 无, n/a, nan, 不详."""
    return not text or folded(text) in UNKNOWN


@lru_cache(maxsize=4096)
def is_ditto(text: str) -> bool:
    """同上, 〃 or a quotation mark: the value above."""
    return len(text) <= 14 and (text.strip() in DITTO or folded(text) in DITTO or folded(text) == "sameasabove")


YES = frozenset("是 有 y yes true t 1 √ ✓ ✔ v 对 可 可以 能 on ja 已 需 o".split())  # noqa: SIM905
NO = frozenset("否 无 没有 n no false f 0 × x ✗ ✕ 不 不可 不可以 不能 off nein 未 非 不是".split())  # noqa: SIM905


def yes_or_no(text: str) -> bool | None:
    word = folded(text)
    return True if word in YES else False if word in NO else None


CHINESE_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "俩": 2,
}
CHINESE_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
CHINESE_NUMBER = re.compile(r"[零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖两俩十拾百佰千仟万萬亿]+")


def chinese_number(text: str) -> int | None:
    """十二 → 12, 壹拾贰万 → 120000; None when it is no such number."""
    if not CHINESE_NUMBER.fullmatch(text):
        return None
    total = section = digit = 0
    for mark in text:
        if mark in CHINESE_DIGITS:
            digit = CHINESE_DIGITS[mark]
        elif mark in CHINESE_TENS:
            section += (digit or 1) * CHINESE_TENS[mark]
            digit = 0
        else:
            total = (total + (section + digit or 1)) * (10_000 if mark in "万萬" else 100_000_000)
            section = digit = 0
    return total + section + digit
