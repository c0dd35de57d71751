"""Sentences for the refusals of money held."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "request_ended": lambda _: gettext("这笔款项已经付清、取消或过期，请刷新查看。"),
    "request_differs": lambda _: gettext("同一事项已有一笔不同的付款要求，请先取消它。"),
    "already_secured": lambda _: gettext("款项已经到账，不能取消，请改为退款。"),
    "funds_transition": lambda _: gettext("这笔资金的状态刚刚变了，请刷新查看。"),
    "funds_frozen": lambda _: gettext("有争议正在处理，资金已冻结，争议结束后才能动用。"),
    "more_than_held": lambda _: gettext("金额超过了还保管着的资金。"),
    "split_differs": lambda _: gettext("分给双方的金额要正好等于还保管着的资金。"),
    "commission_too_high": lambda _: gettext("佣金不能超过放款金额，税额不能超过佣金。"),
    "evidence_required": lambda _: gettext("扣押金要写明依据。"),
    "currency_differs": lambda _: gettext("币种和这笔款项不一致。"),
    "due_in_the_past": lambda _: gettext("付款截止时间已经过去。"),
    "same_party": lambda _: gettext("付款方和收款方不能是同一家企业。"),
    "more_than_captured": lambda _: gettext("退款不能超过已收的金额。"),
    "card_amount_too_large": lambda _: gettext("这么大的金额不能刷卡，请用银行转账。"),
    "card_payment_open": lambda _: gettext("这笔款项正在用银行卡付，请先完成或等它结束。"),
    "more_than_on_its_way": lambda _: gettext("在途的银行卡款没有这么多，请核对这一行是不是支付机构打来的。"),
    "cards_off": lambda _: gettext("园区现在不收银行卡，请用银行转账。"),
    "bad_signature": lambda _: gettext("签名不对：请核对密钥，并原样发送收到的内容。"),
    "stale_signature": lambda _: gettext("签名时间和现在相差超过五分钟，请校准时钟后重发。"),
    "not_an_event": lambda _: gettext("内容不是一个事件，要有 id 和 type。"),
    "slip_already_there": lambda _: gettext("转账凭证已经上传过，付款时间只延长一次。"),
    "slip_too_large": lambda _: gettext("凭证文件太大，请压缩到 5 MB 以内。"),
    "slip_unreadable": lambda _: gettext("请上传 PDF、JPG 或 PNG 格式的转账凭证。"),
}
