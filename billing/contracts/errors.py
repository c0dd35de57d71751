"""What contracts and bills refuse, in the reader's words."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "bill": lambda _: gettext("没有找到这张账单，可能不属于您的企业。"),
    "fapiao": lambda _: gettext("没有找到这张发票。"),
    "contract": lambda _: gettext("没有找到这份合同，可能不属于您的企业。"),
    "quote": lambda _: gettext("没有找到这个买断报价。"),
    "bill_to_oneself": lambda _: gettext("不能给自己的企业开账单。"),
    "bill_without_lines": lambda _: gettext("账单至少要有一行。"),
    "only_the_issuer": lambda _: gettext("只有开出账单的企业可以这样做。"),
    "only_the_recipient": lambda _: gettext("只有收到账单的企业可以这样做。"),
    "bill_corrected": lambda _: gettext("这张账单已经冲正过了。"),
    "correction_of_correction": lambda _: gettext("冲正账单不能再冲正，请另开一张新账单。"),
    "no_fapiao_for_credit": lambda _: gettext("冲正或零金额的账单不能开发票。"),
    "fapiao_exists": lambda _: gettext("这张账单已有一张有效的发票申请；要重开，请先红冲。"),
    "fapiao_transition": lambda _: gettext("这张发票现在不能这样处理，请刷新后看最新状态。"),
    "fapiao_number_taken": lambda _: gettext("这个发票号码已经登记过，请核对。"),
    "fapiao_number_digits": lambda _: gettext("数电票号码是 20 位数字，请核对。"),
    "red_form_missing": lambda _: gettext("请填红字信息确认单编号。"),
    "contract_transition": lambda _: gettext("合同现在的状态不能这样处理，请刷新后再看。"),
    "contract_exists": lambda _: gettext("这份订单已经有合同了。"),
    "period_transition": lambda _: gettext("账期要按顺序走：抄表、出账、结清。"),
    "not_rent_to_own": lambda _: gettext("只有以租代售合同才能买断。"),
    "quote_expired": lambda _: gettext("这个买断报价已过期，请重新取一个。"),
    "quote_outdated": lambda _: gettext("取报价以后又付过租金，买断价变了，请重新取一个报价。"),
    "overdue_first": lambda _: gettext("有到期未付的租金，请先付清再买断。"),
    "contract_not_suspended": lambda _: gettext(
        "只有因欠租暂停的合同，供方才能终止；其他情况请与对方商量，由对方归还设备。"
    ),
    "notice_day": lambda _: gettext("终止日要从今天起，最晚到本期结束。"),
    "contract_not_running": lambda _: gettext("合同没有在执行，不能这样处理。"),
}
