"""Sentences for the refusals of payouts."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "no_bank_account": lambda _: gettext("还没有收款账户，请先填写开户名、开户行和账号。"),
    "no_platform_account": lambda _: gettext("还没有平台收款账户，佣金无法划转，请在对账单页填写。"),
    "payout_source": lambda _: gettext("企业只能结算货款或退回余额。"),
    "account_purpose": lambda _: gettext("园区只有存管账户和平台收款账户。"),
    "nothing_to_pay_out": lambda _: gettext("没有可结算的金额，或还没到起付金额。"),
    "payout_transition": lambda _: gettext("这笔结算的状态刚刚变了，请刷新查看。"),
    "batch_transition": lambda _: gettext("这个批次的状态刚刚变了，请刷新查看。"),
    "second_person_needed": lambda _: gettext("批次要由另一位同事复核，制单人不能复核自己的批次。"),
    "batch_changed": lambda _: gettext("批次内容和您看到的不一致，请刷新后再核对。"),
    "nothing_queued": lambda _: gettext("没有等待结算的款项。"),
    "bank_account_number": lambda _: gettext("账号只能是 6 到 34 位数字或字母。"),
    "reason_required": lambda _: gettext("请写明原因，对方会看到。"),
}
