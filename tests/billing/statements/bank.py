"""Statements as two unlike banks write them."""

import csv
from io import StringIO


def two_columns(lines, *, opening=0, encoding="gbk", total=True):
    """(memo, amount in yuan) lines as a state bank prints them: account above, debit and credit apart, a total below."""
    out = StringIO()
    write = csv.writer(out).writerow
    write(["账号", "6222020000001234567", "户名", "云溪智造园交易资金存管专户"])
    write(["交易日期", "交易时间", "凭证号", "对方户名", "对方账号", "借方发生额", "贷方发生额", "余额", "摘要"])
    balance = opening
    for number, (memo, amount) in enumerate(lines, start=1):
        balance += amount
        paid, received = (f"{-amount:,.2f}", "") if amount < 0 else ("", f"{amount:,.2f}")
        write(
            ["20261123", "09:30:00", f"V{number:04d}", "砺川精密", "622848001", paid, received, f"{balance:,.2f}", memo]
        )
    if total:
        sums = (sum(-a for _, a in lines if a < 0), sum(a for _, a in lines if a > 0))
        write(["合计", "", "", "", "", f"{sums[0]:,.2f}", f"{sums[1]:,.2f}", "", ""])
    return out.getvalue().encode(encoding)


def signed(lines, *, opening=0, newest_first=False):
    """The same as a foreign bank writes it: one signed amount, UTF-8."""
    rows, balance = [], opening
    for number, (memo, amount) in enumerate(lines, start=1):
        balance += amount
        rows.append(["2026-11-23", f"R{number}", f"{amount:.2f}", "CNY", f"{balance:.2f}", "Lichuan", memo])
    out = StringIO()
    write = csv.writer(out).writerow
    write(["Date", "Reference", "Amount", "Currency", "Balance", "Name", "Description"])
    for row in reversed(rows) if newest_first else rows:
        write(row)
    return out.getvalue().encode("utf-8-sig")
