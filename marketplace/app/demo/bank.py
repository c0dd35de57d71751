"""The bank that holds the park's custody account: transfers come and go, and now and then it says so in a file."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from marketplace.kernel.money import Money

TIME_ZONE = ZoneInfo("Asia/Shanghai")
HEADINGS = ("交易日期", "交易时间", "凭证号", "借方发生额", "贷方发生额", "余额", "对方户名", "对方账号", "摘要")
ENCODING = "gb18030"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One booking in fen: positive came in, negative went out."""

    at: datetime
    amount: int
    holder: str
    account: str
    memo: str


class Bank:
    """Books transfers; a statement tells what was booked since the one before."""

    def __init__(self) -> None:
        self._untold: list[Transfer] = []
        self._number = 0

    def book(self, transfer: Transfer) -> None:
        self._untold.append(transfer)

    def statement(self, *, opening: int, until: datetime) -> bytes | None:
        """The bookings up to a moment as the bank's CSV; `opening` is the balance before them. None without any."""
        told = sorted((one for one in self._untold if one.at <= until), key=lambda one: one.at)
        if not told:
            return None
        self._untold = [one for one in self._untold if one.at > until]
        return self._file(told, opening)

    def _file(self, told: Sequence[Transfer], balance: int) -> bytes:
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        for one in told:
            self._number += 1
            balance += one.amount
            local = one.at.astimezone(TIME_ZONE)
            paid, received = (_yuan(-one.amount), "") if one.amount < 0 else ("", _yuan(one.amount))
            day, clock = f"{local:%Y%m%d}", f"{local:%H:%M:%S}"
            number = f"{day}{self._number:05d}"
            writer.writerow((day, clock, number, paid, received, _yuan(balance), one.holder, one.account, one.memo))
        return out.getvalue().encode(ENCODING)


def _yuan(fen: int) -> str:
    return f"{Money(fen, 'CNY').units:.2f}"
