"""A bill as PDF in Chinese or English, set by typst from the stored rows; never inside the run that issues it."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from billing.bills.models import Bill, BillKind, BillLine
from marketplace.accounts.models import Enterprise
from marketplace.kernel.money import Money
from marketplace.kernel.words import translate

TEMPLATE = Path(__file__).with_name("bill.typ")
FONTS = Path(__file__).resolve().parents[2] / "marketplace" / "ui" / "static" / "vendor"
"""Fonts brought with the pages' vendor files; without them typst takes the machine's Noto Sans CJK."""


def bill_pdf(bill: Bill, *, locale: str, corrected: str = "") -> bytes:
    """The document; `corrected` is the number of the bill that this one takes back."""
    content = json.dumps(_content(bill, locale, corrected), ensure_ascii=False)
    fonts = [FONTS] if FONTS.is_dir() else []
    return typst.compile(TEMPLATE, font_paths=fonts, sys_inputs={"bill": content}, format="pdf")


def _content(bill: Bill, locale: str, corrected: str) -> Mapping[str, Any]:
    def say(message: str, **values: object) -> str:
        return translate(locale, message, **values)

    heading = say("冲正账单") if bill.kind is BillKind.CORRECTION else say("账单")
    notes = [bill.title]
    if bill.service_start and bill.service_end:
        notes.append(say("服务期 %(start)s 至 %(end)s（不含）", start=bill.service_start, end=bill.service_end))
    if bill.policy:
        notes.append(say("按比例折算方式：%(rule)s", rule=say(POLICIES.get(bill.policy, bill.policy))))
    if corrected:
        notes.append(say("冲正账单 %(number)s：%(reason)s", number=corrected, reason=bill.reason))
    return {
        "lang": "en" if locale.startswith("en") else "zh",
        "heading": heading,
        "number": bill.number,
        "issued_on": _day(bill.issued_on),
        "due_on": _day(bill.due_on),
        "parties": [_party(say("开单方"), bill.issuer, locale), _party(say("付款方"), bill.recipient, locale)],
        "notes": notes,
        "columns": [say(word) for word in COLUMNS],
        "lines": [_line(line, bill, say) for line in bill.lines],
        "net": _amount(bill.net, bill.currency),
        "tax": _amount(bill.tax, bill.currency),
        "total": f"{bill.currency} {_amount(bill.total, bill.currency)}",
        "words": {
            "issued_on": say("开单日期"),
            "due_on": say("付款期限"),
            "tax_number": say("统一社会信用代码"),
            "net": say("不含税合计"),
            "tax": say("增值税"),
            "total": say("应付合计"),
        },
    }


COLUMNS = ("项目", "数量", "单价", "不含税", "税率", "含税金额")
POLICIES: Mapping[str, str] = {
    "actual": "按实际天数",
    "fixed_30": "每月按 30 天",
    "second": "按实际时长",
    "none": "不折算",
}


def _party(role: str, firm: Enterprise, locale: str) -> Mapping[str, str]:
    name = firm.name_en if locale.startswith("en") and firm.name_en else firm.name_zh
    return {"role": role, "name": name, "tax_number": firm.uscc}


def _line(line: BillLine, bill: Bill, say: Any) -> Mapping[str, str]:
    note = line.name
    if line.service_start and line.service_end and line.service_start != bill.service_start:
        note = f"{note} {_day(line.service_start)} – {_day(line.service_end)}".strip()
    return {
        "text": say(line.text),
        "note": note,
        "quantity": f"{_trimmed(line.quantity)} {say(line.unit) if line.unit else ''}".strip(),
        "unit_price": "" if line.unit_price is None else _trimmed(line.unit_price),
        "net": _amount(line.net, bill.currency),
        "vat": f"{_trimmed(line.vat_rate * 100)} %",
        "gross": _amount(line.net + line.tax, bill.currency),
    }


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).units:,}"


def _trimmed(number: Decimal) -> str:
    """Four places are enough to read; the stored ones count."""
    shown = round(number, 4).normalize()
    return f"{shown:f}"


def _day(value: date) -> str:
    return value.isoformat()
