"""Mail follows the notice: a job of its own, never inside the request's transaction, never twice on purpose.

Between handing the mail over and noting it stands one commit: a crash there may send one mail again, none is lost.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Invitation, User
from marketplace.conversations.gateway import Mail, absolute, mailer
from marketplace.conversations.models import MailStatus, Notice
from marketplace.conversations.wording import words_of
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import job
from marketplace.kernel.words import translate


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


@job("conversations.mail_invitation")
def mail_invitation(session: Session, *, clock: Clock, invitation_id: int, secret: str) -> None:
    """Send the link of an invitation, in Chinese and English: the reader's language is not known yet."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= clock():
        return
    firm = session.get_one(Enterprise, invitation.enterprise_id)
    link = absolute(f"/invitation/{secret}")
    subjects: list[str] = []
    bodies: list[str] = []
    for locale in ("zh_CN", "en"):
        subjects.append(translate(locale, "%(firm)s 邀请您加入共造", firm=firm.name(locale)))
        bodies.append(translate(locale, "七天内打开下面的链接就能加入：\n%(link)s", link=link))
    mailer().send(Mail(to=invitation.email, subject=" / ".join(subjects), body="\n\n".join(bodies)))
