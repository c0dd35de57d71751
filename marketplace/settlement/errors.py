"""Sentences for the refusals of settlement."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "nothing_to_review": lambda _: gettext("订单完成后才能评价对方。"),
    "too_late_to_review": lambda _: gettext("订单结束满七天，评价已经截止。"),
}
