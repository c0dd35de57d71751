"""Sentences for the refusals of statements."""

from collections.abc import Mapping
from typing import Any

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext


def _encoding(facts: Mapping[str, Any]) -> str:
    return gettext(
        "第 %(line)s 行的编码和文件其他部分不同，请从网银重新下载，不要拼接文件。", line=facts.get("line") or "—"
    )


def _amount(facts: Mapping[str, Any]) -> str:
    return gettext("第 %(line)s 行的金额或币种读不懂，请从网银重新下载。", line=facts.get("line") or "—")


def _day(facts: Mapping[str, Any]) -> str:
    return gettext("第 %(line)s 行的日期读不懂，请从网银重新下载。", line=facts.get("line") or "—")


def _balance(facts: Mapping[str, Any]) -> str:
    return gettext("第 %(line)s 行的余额和上一行对不上，可能缺了行，请重新下载。", line=facts.get("line") or "—")


SENTENCES: Sentences = {
    "statement_encoding": _encoding,
    "statement_amount": _amount,
    "statement_day": _day,
    "statement_balance": _balance,
    "statement_layout": lambda _: gettext("认不出这家银行的列名，请用网银导出的 CSV 明细。"),
    "statement_total": lambda _: gettext("合计行和明细加起来不一致，请重新下载。"),
    "statement_empty": lambda _: gettext("文件里没有交易明细。"),
    "statement_too_large": lambda _: gettext("文件太大，请分段下载，每份不超过 5,000 行。"),
    "statement_already_imported": lambda _: gettext("这份对账单已经导入过。"),
    "line_decided": lambda _: gettext("这一行已经处理过，请刷新查看。"),
    "note_required": lambda _: gettext("请写明怎么处理的。"),
}
