"""Sentences for the refusals of the office."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "job_not_parked": lambda _: gettext("这个任务已经在跑或已做完，不用再放回队列。"),
}
