"""Sentences for the refusals of the office."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "unknown_time_zone": lambda _: gettext("没有这个时区，请从列表里选，例如 Asia/Shanghai。"),
    "unknown_department": lambda _: gettext("没有这个部门或这类事项，请刷新后从列表里选。"),
    "department_in_use": lambda _: gettext("这个部门还有人员或分工，请先把它们移给别的部门。"),
    "bad_code": lambda _: gettext("代码只用小写字母、数字和短横线，例如 north-1。"),
    "bad_corners": lambda _: gettext("请按“x,y x,y x,y”填至少三个角，例如 34,58 94,28 132,92。"),
    "job_not_parked": lambda _: gettext("这个任务已经在跑或已做完，不用再放回队列。"),
}
