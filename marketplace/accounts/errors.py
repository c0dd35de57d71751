"""Sentences for the refusals of accounts."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "uscc_length": lambda facts: gettext(
        "统一社会信用代码是 18 位，您填了 %(length)s 位。", length=facts.get("length", "?")
    ),
    "uscc_characters": lambda _: gettext(
        "统一社会信用代码只含数字和大写字母（不含 I、O、Z、S、V），请对照营业执照再填一次。"
    ),
    "uscc_check_digit": lambda facts: gettext(
        "第 18 位校验码不对：填的是 %(given)s，按前 17 位应为 %(expected)s。请对照营业执照检查。",
        given=facts.get("given", "?"),
        expected=facts.get("expected", "?"),
    ),
    "uscc_just_applied": lambda _: gettext("刚刚有人用这个代码提交了申请，再提交一次即可申请加入这家企业。"),
    "licence_required": lambda _: gettext("请上传营业执照的照片或 PDF。"),
    "file_too_large": lambda _: gettext("文件超过 10 MB，请缩小后再传。"),
    "picture_too_large": lambda _: gettext("图片像素太大，请缩小到 4000 万像素以内。"),
    "not_a_picture_or_pdf": lambda _: gettext("这个文件不是能打开的 JPG、PNG 或 PDF，请重新拍照或导出。"),
    "bad_licence": lambda _: gettext("营业执照文件不能用，请看说明后重新上传。"),
    "password_length": lambda _: gettext("密码至少 10 位，最多 200 位。"),
    "password_common": lambda _: gettext("这个密码太常见，请换一个别人猜不到的。"),
    "password_is_address": lambda _: gettext("密码不能与邮箱相同。"),
    "wrong_password": lambda _: gettext("当前密码不对。"),
    "wrong_sign_in": lambda _: gettext("邮箱或密码不对。"),
    "wrong_code": lambda _: gettext("验证码不对或已用过，请等下一个再输；手机不在身边就用恢复码。"),
    "no_second_factor": lambda _: gettext("还没有开启两步验证。"),
    "second_factor_on": lambda _: gettext("两步验证已经开着。"),
    "too_many_attempts": lambda facts: gettext(
        "尝试次数太多，请 %(minutes)s 分钟后再试。", minutes=facts.get("minutes", 15)
    ),
    "email_known": lambda _: gettext("这个邮箱已有账号，请先登录再提交申请。"),
    "already_member": lambda _: gettext("您已在这家企业里，或申请正在等负责人处理。"),
    "unknown_zone": lambda _: gettext("没有这个功能区，请从列表里选。"),
    "reason_required": lambda _: gettext("请写明理由，对方会看到。"),
    "membership_transition": lambda _: gettext("这家企业的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "join_decided": lambda _: gettext("这份加入申请已经处理过了。"),
    "last_owner": lambda _: gettext("企业至少要有一位负责人，请先让别人当负责人。"),
    "invited_another": lambda facts: gettext(
        "这份邀请是发给 %(email)s 的，请用那个邮箱登录。", email=facts.get("email", "")
    ),
    "not_base64": lambda _: gettext("营业执照要用 base64 编码。"),
    "unknown_officer": lambda _: gettext("这个人不在园区办公室里，请从列表里选。"),
    "unknown_scope": lambda _: gettext("没有这种权限，请从文档的列表里选。"),
    "required": lambda _: gettext("这一项要填。"),
    "bad_email": lambda _: gettext("这不像一个邮箱地址。"),
    "Missing data for required field.": lambda _: gettext("这一项要填。"),
    "Not a valid email address.": lambda _: gettext("这不像一个邮箱地址。"),
}
