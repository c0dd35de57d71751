"""Mail follows the notice: a job of its own, never inside the request's transaction, never twice on purpose.

Between handing the mail over and noting it stands one commit: a crash there may send one mail again, none is lost.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.conversations.gateway import Mail, absolute, mailer
from marketplace.conversations.models import MailStatus, Notice
from marketplace.conversations.wording import words_of
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import job


@job("conversations.mail_notice")
def mail_notice(session: Session, *, clock: Clock, notice_id: int) -> None:
    """Send a notice's mail in its reader's language, unless that was done or the reader is disabled."""
    found = session.execute(
        select(Notice, User)
        .join(User, User.id == Notice.user_id)
        .where(Notice.id == notice_id, Notice.mail_status == MailStatus.QUEUED)
        .with_for_update(of=Notice, skip_locked=True)
    ).one_or_none()
    if found is None:
        return
    notice, user = found
    if user.is_disabled:
        notice.mail_status = MailStatus.NOT_WANTED
        return
    subject, body = words_of(notice.code, notice.facts, user.locale)
    mailer().send(Mail(to=user.email, subject=subject, body=f"{body}\n\n{absolute(notice.link)}\n"))
    notice.mail_status, notice.mailed_at = MailStatus.SENT, clock()
