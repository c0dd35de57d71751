"""Money as clerks write it: original values, and rates per hour, day or sample with their conditions."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import normalize

from marketplace.listings.ledger.cells.plain import chinese_number, folded
from marketplace.listings.ledger.outcome import OriginalValue, Price

MACHINE = r"(?:台套|台|机|套)?[·./*]?"
UNITS: tuple[tuple[str, str], ...] = (
    (
        "m2_month",
        r"(?:㎡|平方米|平米|平方|平|m2|m²|sqm|m\^2)[·./*每]*(?:月|month|mo)|(?:月)[·./*](?:㎡|平方米|平米|m2|m²)",
    ),
    ("machine_month", r"(?:台|套|机|machine)[·./*]?(?:月|month)"),
    ("hour", rf"{MACHINE}(?:小时|个小时|钟头|机时|台时|工时|时|hours?|hrs?|h)"),
    ("shift", rf"{MACHINE}(?:台班|班次|班|shifts?)"),
    ("day", rf"{MACHINE}(?:天|日|days?|d)"),
    ("week", rf"{MACHINE}(?:周|星期|个?礼拜|weeks?|wk)"),
    ("month", r"(?:个月|月|months?|mo)"),
    ("sample", r"(?:样品|样本|个?样|sample|samples|spl)"),
    ("piece", r"(?:件|个|只|片|块|根|支|模|pieces?|pcs?|ea)"),
    ("visit", r"(?:次|趟|回|车次|单|人次|visits?|trips?|times?)"),
    ("km", r"(?:公里|千米|km)"),
)
PER = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS)
CURRENCIES = {
    "CNY": ("¥", "￥", "rmb", "cny", "人民币", "元", "圆", "块钱", "块", "yuan"),
    "USD": ("us$", "usd", "$", "美元", "美金"),
    "EUR": ("€", "eur", "欧元"),
    "JPY": ("jpy", "日元", "日圆"),
    "HKD": ("hk$", "hkd", "港元", "港币"),
    "GBP": ("£", "gbp", "英镑"),
    "TWD": ("twd", "nt$", "台币"),
}
SIGN = "|".join(sorted((re.escape(sign) for signs in CURRENCIES.values() for sign in signs), key=len, reverse=True))
NUMBER = r"-?(?:\d{1,3}(?:[,'\s]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
RATE = re.compile(
    rf"(?P<before>[^\d]*?)(?P<sign>{SIGN})?\s*(?P<number>{NUMBER})\s*(?P<scale>万|千|k)?\s*(?P<sign2>{SIGN})?\s*(?:(?:/|每|per|一|a)?\s*(?:{PER})(?![a-z\d]))?(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
PER_FIRST = re.compile(rf"(?:每|按|per)\s*(?:{PER})", re.IGNORECASE)
OPEN = re.compile(
    r"面议|一事一议|一单一议|一机一议|按图|按量|按工艺|按工时|面谈|电议|详谈|议价|另议|协商|协议|洽谈|面洽|询价|咨询|待议|待定|按项目|按合同|视情况|免费|不对外|不收费|内部使用|自用|on\s?request|negotia|inquir|enquir|quote|poa|tbd|free",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"[;；\n、|]|(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|(?<=[时天日月周班件样次])\s*(?:/|或|及|和)\s*(?=\D{0,8}\d)|\s\+\s|(?<=[\u4e00-\u9fff)])\s+(?=\S*\d)"
)
RANGE = re.compile(rf"{NUMBER}\s*(?:元|块|¥|￥)?\s*(?:-|~|～|至|到|—|–)\s*(?:¥|￥)?\s*{NUMBER}")
BRACKET = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
FIRST_NOTE = 0xE000
STEPS = re.compile(r"\d+\s*(?:小时|天|h|个月)?\s*(?:起|内|以上|以下)")
UNKNOWN_PER = re.compile(r"\s*(?:/|每|per\b)\s*\S")
SIDE_SUM = re.compile(
    r"^(?:押金|保证金|定金|订金|起步|开机费|最低|运费|违约金|deposit|minimum)|另收|另加|另计|\d折|^满\d|^超|^不足|加收|上浮|下浮|优惠|打\d?折|\d+(?:\.\d+)?%",
    re.IGNORECASE,
)
"""Sums that stand beside a rate and are none."""
NO_CONDITION = re.compile(
    r"^(?:约|大约|租金|价格|单价|收费|费用|标准|机时费|租赁费?|对外|报价|日租金?|月租金?|时租|租|价|按|每|rate|price|rent|[\s:：,，.。=()（）/]+)+$",
    re.IGNORECASE,
)
HEADER_PERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("m2_month", re.compile(r"(?:㎡|平方米|平米|m2|m²)[·./*每]*月")),
    ("machine_month", re.compile(r"(?:/|每)(?:台|机)[·./*]?月")),
    (
        "hour",
        re.compile(
            r"(?:/|每|按|元)(?:台|机)?[·./]?(?:小时|机时|台时|时|hour|hr|h)(?![a-z])|小时(?:租|单价|价|费|收费|费率)|时租|机时(?:费|价|收费)|台时(?:费|价)|hourly|perhour|/h$|hourrate|工时费|^小时$|时价"
        ),
    ),
    ("shift", re.compile(r"(?:/|每|按|元)(?:台)?班|台班(?:费|价|单价)?|班租|pershift")),
    (
        "day",
        re.compile(
            r"(?:/|每|按|元)(?:台)?[·./]?(?:天|日|day)|日租|天租|日(?:单价|价格|价|费|收费)|daily|perday|^[日天]$"
        ),
    ),
    ("week", re.compile(r"(?:/|每|按|元)(?:周|星期|week)|周租|周价|weekly|perweek|^周$")),
    ("month", re.compile(r"(?:/|每|按|元)(?:个)?(?:月|month)|月租|月(?:单价|价格|价|费|收费)|monthly|permonth|^月$")),
    ("sample", re.compile(r"(?:/|每|按|元)(?:个)?(?:样|sample)|样品(?:费|单价|收费)|persample")),
    ("piece", re.compile(r"(?:/|每|按|元)(?:件|个|只|pcs?|piece)|计件|件(?:单价|价)|perpiece|perpart")),
    ("visit", re.compile(r"(?:/|每|按|元)(?:次|趟|visit)|次(?:单价|费)|pervisit")),
    ("km", re.compile(r"(?:/|每|按|元)(?:公里|km|千米)|公里(?:单价|价)|perkm")),
)
HEADER_CONDITIONS = re.compile(
    r"含人工|带人工|含操作|含操作员|带操作|不含人工|自操作|自行操作|自带人员|代加工|委托|加班|夜间|夜班|节假日|周末|工作日|白班|工作时间内|工作时间外|非工作时间|校内|校外|院内|院外|内部|对内|园区内|园区外|会员|非会员|含税|不含税|含料|不含料|after hours|overtime|weekend|holiday|with staff|with operator|without operator|own use|self-service|internal|external|academic|industry|night"
)


class BadPrice(ValueError):
    """An amount that is not definite: no number, a range, a negative, or per nothing."""


class BadAmount(ValueError):
    """The text is no sum of money."""


@dataclass(frozen=True, slots=True)
class RateHeader:
    """What a column's header already says of its prices."""

    per: str | None = None
    currency: str | None = None
    scale: int = 1
    condition: str | None = None


def currency_of(sign: str) -> str | None:
    word = folded(sign)
    return next((code for code, signs in CURRENCIES.items() if word in signs), None)


def currency_in(text: str) -> str | None:
    """A currency named anywhere in a header or cell; dollars and euros before yuan."""
    word = folded(text)
    for code in ("HKD", "TWD", "USD", "EUR", "JPY", "GBP", "CNY"):
        if any(sign in word for sign in CURRENCIES[code] if sign != "块"):
            return code
    return None


@lru_cache(maxsize=512)
def read_rate_header(header: str) -> RateHeader:
    word = re.sub(r"[()\[\]【】]+", "/", folded(header))
    per = next((name for name, pattern in HEADER_PERS if pattern.search(word)), None)
    found = HEADER_CONDITIONS.search(header.lower())
    scale = 10_000 if "万元" in word else 1000 if "千元" in word else 1
    return RateHeader(per, currency_in(header), scale, found[0] if found else None)


def parse_rates(text: str, header: RateHeader) -> tuple[Price, ...]:
    """Every rate of a cell; none for 面议. Raises `BadPrice` when any amount is not definite."""
    plain = normalize("NFKC", text).strip()
    notes: list[str] = []
    plain = BRACKET.sub(lambda match: _set_aside(match[1], notes), plain)
    prices: list[Price] = []
    for clause in SPLIT.split(plain):
        piece = clause.strip(" 。.") if clause else ""
        if not piece:
            continue
        if not any(mark.isdigit() for mark in piece) or SIDE_SUM.search(piece):
            _take_words(piece, prices, text)
            continue
        if RANGE.search(piece) and not re.search(r"\d+\s*-\s*\d+\s*(?:点|时|:|月)", piece):
            raise BadPrice(text)
        price = _rate(piece, header, text)
        if price:
            prices.append(price)
    prices = [replace(price, condition=_restored(price.condition, notes)) for price in prices]
    if not prices and not OPEN.search(plain) and not _is_zero(plain):
        raise BadPrice(text)
    return tuple(prices)


def _set_aside(inside: str, notes: list[str]) -> str:
    """A remark in brackets becomes one private character; a unit in brackets belongs to the amount."""
    if re.fullmatch(rf"\s*(?:{SIGN})?\s*/?\s*(?:{PER})?\s*", inside, re.IGNORECASE):
        return f" {inside} "
    notes.append(inside.strip())
    return chr(FIRST_NOTE + len(notes) - 1) if len(notes) < 1000 else ""


def _restored(condition: str | None, notes: list[str]) -> str | None:
    if condition is None:
        return None
    words = [
        notes[ord(mark) - FIRST_NOTE] if FIRST_NOTE <= ord(mark) < FIRST_NOTE + len(notes) else mark
        for mark in condition
    ]
    return "".join(words)


def _is_zero(text: str) -> bool:
    return bool(re.fullmatch(rf"(?:{SIGN})?\s*0+(?:\.0+)?\s*(?:{SIGN})?(?:\s*/.*)?", text, re.IGNORECASE))


def _take_words(piece: str, prices: list[Price], text: str) -> None:
    """Words after a price are its condition; words alone must say that the price is open."""
    if prices:
        condition = "，".join(filter(None, (prices[-1].condition, piece.strip("()（） "))))
        prices[-1] = replace(prices[-1], condition=condition)
    elif not OPEN.search(piece) and not NO_CONDITION.match(piece) and len(piece) > 12:
        raise BadPrice(text)


def _rate(piece: str, header: RateHeader, text: str) -> Price | None:
    """One amount per one thing; None for nought. An unknown "per" never falls back to the header's."""
    match = RATE.fullmatch(piece)
    if match is None:
        raise BadPrice(text)
    amount = _decimal(match["number"]) * _scale(match["scale"], match["sign"] or match["sign2"], header)
    if amount == 0:
        return None
    per = _per(match) or header.per
    after = STEPS.sub("", match["after"])
    if (
        amount < 0
        or per is None
        or any(mark.isdigit() for mark in after)
        or (not _per(match) and UNKNOWN_PER.match(after))
    ):
        raise BadPrice(text)
    currency = currency_of(match["sign"] or "") or currency_of(match["sign2"] or "") or header.currency or "CNY"
    return Price(amount, currency, per, _condition(match["before"], match["after"], header))


def _per(match: re.Match[str]) -> str | None:
    """What the cell itself says: behind the amount, in front of it, or as 日租金."""
    if behind := next((name for name, _ in UNITS if match[name]), None):
        return behind
    if first := PER_FIRST.search(match["before"]):
        return next((name for name, _ in UNITS if first[name]), None)
    return _named_per(match["before"])


def _named_per(before: str) -> str | None:
    """日租金：500 says per day in front of the amount."""
    word = folded(before).strip(":：")
    return next((name for name, pattern in HEADER_PERS if word and pattern.search(word)), None)


def _condition(before: str, after: str, header: RateHeader) -> str | None:
    words: list[str] = []
    for side in (before, after):
        word = PER_FIRST.sub("", side).strip(" :：,，.。()（）[]/=+")
        if word and not NO_CONDITION.match(word):
            words.append(word)
    if not words and header.condition:
        return header.condition
    return "，".join(words) or None


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(re.sub(r"[,'\s]", "", written))
    except InvalidOperation as error:
        raise BadPrice(written) from error


def _scale(written: str | None, sign: str | None, header: RateHeader) -> int:
    if written:
        return 10_000 if written == "万" else 1000
    return 1 if sign else header.scale


VALUE = re.compile(
    rf"(?:约|原值|合计|计|共|含税)?\s*[:：]?\s*(?P<sign>{SIGN})?\s*(?P<number>-?[\d][\d,.'\s]*|-?\.\d+|[零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+?)\s*(?P<scale>万|千|百万|亿|k|w)?\s*(?P<sign2>{SIGN})?\s*(?:整|左右|\(含税\)|含税)?(?:/(?:台|套|件|个))?",
    re.IGNORECASE,
)
SCALES = {"万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "百万": 1_000_000, "亿": 100_000_000}
NOT_BOUGHT = re.compile(r"赠送|赠|捐赠|接受捐赠|自制|自造|租赁|租入|借用|客户提供|客供|盘盈")


@lru_cache(maxsize=8192)
def parse_value(text: str, header: str) -> OriginalValue | None:
    """What something cost; None for nothing written or given. Raises `BadAmount`."""
    plain = normalize("NFKC", text).strip()
    if NOT_BOUGHT.fullmatch(plain):
        return None
    match = VALUE.fullmatch(plain)
    if not match:
        raise BadAmount(text)
    amount = _amount(match["number"], text)
    if match["scale"]:
        amount *= SCALES[match["scale"].lower()]
    elif not (match["sign2"] or match["sign"]):
        amount *= read_rate_header(header).scale
    if amount < 0:
        raise BadAmount(text)
    currency = currency_of(match["sign"] or "") or currency_of(match["sign2"] or "") or currency_in(header) or "CNY"
    return OriginalValue(amount, currency) if amount else None


def _amount(written: str, text: str) -> Decimal:
    if not written[-1].isdigit() and not written[0].isdigit():
        number = chinese_number(written.strip())
        if number is None:
            raise BadAmount(text)
        return Decimal(number)
    digits = re.sub(r"['\s]", "", written)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d{1,2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?|-?\d{1,3}(,\d{4})+(\.\d*)?", digits):
        digits = digits.replace(",", "")
    try:
        return Decimal(digits)
    except InvalidOperation as error:
        raise BadAmount(text) from error
