"""Sentences for the refusals of the ledger."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "insufficient_funds": lambda _: gettext("账户余额不够，请刷新后看最新的余额。"),
    "unbalanced": lambda _: gettext("借贷不平，没有记账。"),
    "nothing_to_post": lambda _: gettext("没有金额变动，没有记账。"),
    "amount_out_of_range": lambda _: gettext("金额太大，请核对小数点。"),
    "amount_not_positive": lambda _: gettext("金额要大于零。"),
    "key_reused": lambda _: gettext("这个操作编号已经用在另一笔账上。"),
    "already_reversed": lambda _: gettext("这笔账已经冲正过。"),
    "hold_of_another_account": lambda _: gettext("这笔预留属于另一个账户。"),
    "hold_ended": lambda _: gettext("这笔预留已经结束，请刷新查看。"),
}
