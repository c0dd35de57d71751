"""The most that may be paid: 预算1.5万, 2000元以内, 每小时不超过120, under ¥6000.

A bare number is money only beside a word that says so; prices that begin somewhere (500元起) and what things are
worth (原值, 货值) are no budget.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from search.understanding.line import Line
from search.understanding.numerals import HAN_NUMERAL, NUMBER, count, number
from search.understanding.results import Budget, Per
from search.vocabulary.phrases import is_letter

LARGEST_FEN = 10**13
SMALLEST_BARE_RATE = 50
"""Yuan from which "每天500" is a rate; below that it may count anything."""
_BOARDS = re.compile(r"pcb|压力表|板|样块|试块|刀块")
"""Where these are named, 块 counts pieces and is no money."""

_PER_ZH = r"(?:小时|台时|机时|钟头|时|班|天|日|周|星期|月|件|个样|样品?|个|片|只|套|根|支|块|平方?米?|平)"
_PER_EN = r"(?:hour|hr|h|shift|day|week|month|pc|piece|part|sample|m2|sqm)"
_EACH = rf"(?:(?:1|一)个?(?P<one>小时|天|月)(?=\s*(?:不超过|最多)?\s*¥?\d+(?:\.\d+)?\s*(?:[元块]|\s|$))|每个?(?P<each>{_PER_ZH})|(?:an?\s+)?(?P<adverb>hourly|daily|weekly|monthly|日租金?|月租金?|时租金?))"
_BUDGET_WORD = r"预算|总价|总费用|费用|价格|价钱|租金|单价|报价|总共|\bbudget(?: of| is)?|\bprice|\bcost(?:s|ing)?|\bpay(?:ing)?|\brate"
_LIMIT = (
    r"控制在|不要?超过|不能超过|不高于|不大于|低于|少于|小于|最多|最高|上限|至多|别超过|不超|"
    r"\bunder|\bbelow|\bmax(?:imum|\.)?(?: of)?|\bup to|\bless than|\bat most|\bno more than|\bnot more than|\bwithin|≤|<=|<"
)
_CURRENCY_AFTER = r"(?:元|块钱|块(?![规板电铝钢料砖样P])|人民币|rmb\b|cny\b|yuan\b)"
_AFTER_LIMIT = r"(?:以内|之内|以下|封顶|左右|内(?![径孔部])|\bmax(?:imum)?\b|\bor less\b|\btops\b|\s?budget\b|预算)"
_MONEY = re.compile(
    rf"(?:(?P<lead_each>{_EACH})\s*)?(?P<word>(?:{_BUDGET_WORD})\s*[:：]?\s*(?:为|是|在|约|大约|about)?\s*)?(?:(?P<each_again>每个?{_PER_ZH}|per\s+{_PER_EN})\s*)?"
    rf"(?P<limit>(?:{_LIMIT})\s*)?(?P<before>(?:¥|rmb\s*|cny\s*))?\s*(?<![\d.,x*\-a-z])(?<!\d:)(?:(?P<low>{NUMBER})\s*(?P<low_scale>[万千k]?)\s*(?:元|块)?\s*(?:-|~|到|至|to)\s*¥?\s*)?"
    rf"(?P<n>{NUMBER}|{HAN_NUMERAL}(?=[百千万]))\s*(?P<scale>[万千百]|k(?![a-z])|w(?![a-z\d]))?\s*(?P<after>{_CURRENCY_AFTER})?"
    rf"(?:\s*(?:/|每个?|一个?|per\s+|an?\s+(?=hour|day|week|month))\s*(?P<per>{_PER_ZH}|{_PER_EN}\b))?\s*(?P<after_limit>{_AFTER_LIMIT})?"
)
_NO_BUDGET_BEFORE = re.compile(
    r"(?:原值|注册资本|产值|营业额|货值|保额|投资|售价|身价|净值|押金|deposit(?: of)?|worth|turnover(?: of)?)\s*(?:约|为|是|[:：])?\s*$"
)
_NO_BUDGET_AFTER = re.compile(r"\s*(?:起(?![租吊重])|以上|多(?=元|块)|or more|and up)")
_UNIT_AFTER = re.compile(
    r"\s*(?:[a-z%°\"'μ]|[-~x*:/.]\s*\d|[件个台套片根支块只把次人号小钟天日周月年吨米毫厘丝平立公升斤度转分秒瓦千伏安英寸点轴级])"
)
_PERS: tuple[tuple[Per, tuple[str, ...]], ...] = (
    ("hour", ("小时", "台时", "机时", "钟头", "时", "hour", "hr", "h")),
    ("day", ("天", "日", "day", "dai", "班", "shift")),
    ("week", ("周", "星期", "week")),
    ("month", ("月", "month")),
    ("sample", ("个样", "样", "sample")),
    ("square_metre", ("平", "m2", "sqm")),
    ("piece", ("件", "个", "片", "只", "套", "根", "支", "块", "pc", "piece", "part")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BudgetReading:
    budget: Budget
    span: tuple[int, int]
    is_range: bool


def read_budget(line: Line, *, is_prose: bool) -> BudgetReading | None:
    """The first sum of money that limits what is paid; takes its words. In prose it needs a word that says so."""
    for match in line.each(_MONEY):
        if not _is_money(line, match, is_prose=is_prose):
            continue
        fen = _value(match) * 100
        per = _per(match)
        if per is None or not 0 < fen <= LARGEST_FEN:
            continue
        line.take(*match.span())
        return BudgetReading(Budget(int(fen.to_integral_value()), per), match.span(), match["low"] is not None)
    return None


def _is_money(line: Line, match: re.Match[str], *, is_prose: bool) -> bool:
    if _is_something_else(line, match):
        return False
    if match["before"] or match["after"]:
        return not is_prose or bool(match["word"] or match["limit"] or match["after_limit"] or match["per"])
    cued = match["word"] or match["limit"] or match["after_limit"]
    each = match["lead_each"] or match["each_again"] or match["per"]
    if not (each or match["after_limit"]) and _UNIT_AFTER.match(line.unread, match.end()):
        return False
    if match["word"] or (each and (match["limit"] or _value(match) >= SMALLEST_BARE_RATE)):
        return True
    return bool(cued) and (bool(match["scale"]) or _is_sum(match))


def _is_something_else(line: Line, match: re.Match[str]) -> bool:
    """What a thing is worth, a price that begins somewhere, boards (500块板), or a size before a day (厚200 一天)."""
    text, start, end = line.unread, match.start(), match.end()
    if _NO_BUDGET_BEFORE.search(text, max(0, start - 30), start) or _NO_BUDGET_AFTER.match(text, end):
        return True
    if match["after"] == "块" and not match["limit"] and _BOARDS.search(line.folded.text):
        return True
    if is_letter(text[match.end("n") : match.end("n") + 1]) and not (match["scale"] or match["after"] or match["per"]):
        return True
    has_currency = match["before"] or match["after"]
    return bool(match["per"]) and not has_currency and "一" in text[match.end("n") : match.start("per")]


def _is_sum(match: re.Match[str]) -> bool:
    """A bare number beside a bare limit ("under 6000") is a sum of money from 100 up."""
    return _value(match) >= Decimal(100) and match["per"] is None


def _value(match: re.Match[str]) -> Decimal:
    written, scale = match["n"], match["scale"] or ""
    return number(written, scale) if written[0].isdigit() else (count(written) or Decimal(0)) * number("1", scale)


def _per(match: re.Match[str]) -> Per | None:
    said = (
        match["one"]
        or match["each"]
        or match["adverb"]
        or (match["each_again"] or "").removeprefix("每").removeprefix("个").removeprefix("per").strip()
    )
    said = said or match["per"] or ""
    said = {"日租": "日", "日租金": "日", "月租": "月", "月租金": "月", "时租": "时", "时租金": "时"}.get(said, said)
    if not said:
        return "piece" if (match["word"] or "").startswith("单价") else "job"
    return next((per for per, beginnings in _PERS if said.startswith(beginnings)), None)
