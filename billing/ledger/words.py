"""What accounts, transactions and rules are called on pages; translated when they are read."""

from billing.ledger.accounts import AccountKind


def gettext(text: str) -> str:
    """Marks a message for the catalogue."""
    return text


ACCOUNT_KINDS: dict[AccountKind, str] = {
    AccountKind.CUSTODY: gettext("存管资金"),
    AccountKind.PLATFORM_BANK: gettext("平台银行账户"),
    AccountKind.COMMISSION_CLEARING: gettext("待划转佣金"),
    AccountKind.GATEWAY_CLEARING: gettext("银行卡在途资金"),
    AccountKind.APPLICATION_FEE: gettext("预收佣金"),
    AccountKind.RECEIVABLE: gettext("应收款"),
    AccountKind.CLAIM: gettext("待退还款"),
    AccountKind.CHARGEBACK_RECEIVABLE: gettext("拒付应收款"),
    AccountKind.ESCROW: gettext("担保资金"),
    AccountKind.DEPOSIT: gettext("押金"),
    AccountKind.PAYABLE: gettext("应付供方"),
    AccountKind.CUSTOMER_CREDIT: gettext("余额"),
    AccountKind.RENT_CREDIT: gettext("租金抵扣"),
    AccountKind.VAT_OUTPUT: gettext("销项税"),
    AccountKind.UNAPPLIED: gettext("未入账款项"),
    AccountKind.COMMISSION: gettext("佣金"),
    AccountKind.LATE_FEES: gettext("滞纳金"),
    AccountKind.PLATFORM_FEES: gettext("平台服务费"),
    AccountKind.GATEWAY_FEES: gettext("支付通道费"),
    AccountKind.BAD_DEBT: gettext("坏账"),
    AccountKind.DISPUTE_FEES: gettext("拒付手续费"),
    AccountKind.ROUNDING: gettext("尾差"),
}

TRANSACTION_KINDS: dict[str, str] = {
    "payment_received": gettext("收到付款"),
    "funds_secured": gettext("转入保管"),
    "money_left_over": gettext("转为余额"),
    "money_of_nobody": gettext("收到无主款项"),
    "escrow_released": gettext("担保资金放款"),
    "escrow_refunded": gettext("担保资金退回"),
    "escrow_split": gettext("担保资金分配"),
    "deposit_claimed": gettext("扣押金"),
    "deposit_refunded": gettext("押金退回"),
    "payout_paid": gettext("结算转出"),
    "commission_moved": gettext("佣金划转"),
    "claim_made": gettext("裁决追偿"),
    "claim_met": gettext("追偿到账"),
    "reversal": gettext("冲正"),
}
"""Kind → what happened; a kind that is not here stands for itself."""

SOURCES: dict[str, tuple[str, str]] = {
    "funds_request": ("billing_payments.show", "funds_request"),
    "payment": ("billing_payments.of_payment", "payment"),
    "statement_line": ("billing_statements.line", "bank_line"),
    "payout": ("billing_batches.of_payout", "payout"),
}
"""What a transaction names as its source → the page that shows it, and that page's parameter."""

RULES: dict[str, str] = {
    "entries_add_up_to_zero": gettext("每笔账借贷相等"),
    "transaction_has_entries": gettext("每笔账都有分录"),
    "balance_equals_its_entries": gettext("余额等于分录之和"),
    "reserved_equals_its_holds": gettext("预留等于在途结算"),
    "guarded_account_is_never_negative": gettext("受保护的账户不为负"),
    "custody_equals_what_it_is_held_for": gettext("存管资金等于保管用途之和"),
    "reversal_mirrors_its_original": gettext("冲正和原账相反"),
    "held_funds_lie_in_their_account": gettext("保管的资金都在自己的账户里"),
    "ended_funds_hold_nothing": gettext("已结束的资金不再保管"),
    "funds_that_never_came_moved_nothing": gettext("没到账的资金没有动过"),
    "request_asks_for_its_funds": gettext("付款要求等于担保资金加押金"),
    "secured_request_is_paid_for": gettext("已到账的都付清了"),
    "unapplied_money_waits_for_a_request": gettext("未入账款项都在等付款"),
    "payment_is_booked_once": gettext("每笔付款只入账一次"),
    "refunds_stay_within_what_was_captured": gettext("退款不超过已收"),
    "claims_lie_in_their_account": gettext("待退还款都在自己的账户里"),
    "debts_lie_in_their_account": gettext("应收款都在自己的账户里"),
    "commission_lies_somewhere": gettext("佣金在存管行或平台账户里"),
    "commission_in_the_bank_is_instructed": gettext("佣金划转等于已付的划转指令"),
    "payout_has_its_hold": gettext("在途结算都有预留"),
    "payout_is_booked_once": gettext("转出的结算只入账一次"),
}
"""Each rule of the check in the reader's words."""
