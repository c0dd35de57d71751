"""Jobs that failed until nobody tried again."""

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.words import gettext
from marketplace.office.jobs import ParkedJob, parked_jobs
from marketplace.office.queue import Desk, QueueItem, Waiting


class ParkedJobs:
    """They are the installation's, not one park's, so only its admins see them, and never what they carry."""

    name = "jobs"

    def label(self) -> str:
        return gettext("后台任务")

    def waiting(self, session: Session, desk: Desk) -> Waiting:
        if OfficeRole.ADMIN not in desk.actor.office_roles:
            return Waiting()
        jobs, total = parked_jobs(session, most=desk.most)
        return Waiting([self._item(job, desk) for job in jobs], total)

    def _item(self, job: ParkedJob, desk: Desk) -> QueueItem:
        return QueueItem(
            key=f"{self.name}:{job.id}",
            title=gettext("后台任务 %(name)s 没有做完", name=job.name),
            note=gettext("试了 %(count)s 次", count=job.attempts),
            since=min(job.failed_at, desk.at),  # the queue's own clock may be ahead of the demo park's
            impact=gettext("该发的通知或该改的数据还没有做"),
            url=url_for("office_pages.job", job_id=job.id),
        )
