"""How banks lay out their statements: which column says what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One bank's columns: our name of a fact -> the headings under which it may stand.

    Money stands either in `received` and `paid` or, signed, in `amount`.
    """

    code: str
    columns: Columns
    needed: frozenset[str] = field(default_factory=frozenset[str])

    def places(self, headings: Sequence[str]) -> dict[str, int] | None:
        """Where each fact stands in this file, or None when the file is laid out differently."""
        tidy = [heading.strip().replace(" ", "") for heading in headings]
        found = {
            name: tidy.index(heading)
            for name, choices in self.columns.items()
            for heading in choices
            if heading in tidy
        }
        return found if self.needed <= set(found) else None


TWO_COLUMNS = Layout(
    code="two_columns",
    columns={
        "day": ("交易日期", "记账日期"),
        "time": ("交易时间",),
        "bank_ref": ("凭证号", "交易流水号"),
        "paid": ("借方发生额", "借方金额", "支出金额"),
        "received": ("贷方发生额", "贷方金额", "收入金额"),
        "balance": ("余额", "账户余额"),
        "counterparty": ("对方户名", "对方单位名称"),
        "counterparty_account": ("对方账号",),
        "memo": ("摘要", "附言", "用途"),
    },
    needed=frozenset({"day", "bank_ref", "paid", "received", "balance"}),
)
"""Debit and credit in columns of their own, as the large state banks write them (usually GBK)."""

SIGNED = Layout(
    code="signed",
    columns={
        "day": ("Date", "交易日"),
        "time": ("Time",),
        "bank_ref": ("Reference", "流水号"),
        "amount": ("Amount", "交易金额"),
        "currency": ("Currency", "币种"),
        "balance": ("Balance", "联机余额"),
        "counterparty": ("Name", "收(付)方名称"),
        "counterparty_account": ("Account", "收(付)方账号"),
        "memo": ("Description", "交易摘要"),
    },
    needed=frozenset({"day", "bank_ref", "amount", "balance"}),
)
"""One signed amount with its currency, as joint-stock and foreign banks write it (usually UTF-8)."""

LAYOUTS = (TWO_COLUMNS, SIGNED)
TOTALS = ("合计", "总计", "Total")
"""A last line that adds the file up."""
