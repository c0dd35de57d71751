"""Notices reach the inbox and, by a job, the mailbox, in their reader's language and once."""

from sqlalchemy import select

from marketplace.conversations.gateway import ConsoleMailer, SmtpMailer, mail_with
from marketplace.conversations.models import MailStatus, Notice
from marketplace.conversations.operations import Recipients, notify
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_officer, create_park


def tell(session, park, person, *, once_key=None):
    notify(
        session,
        park_id=park.id,
        to=Recipients(user_ids=(person.id,)),
        code="enterprise.admitted",
        facts={"zh": "苏岭", "en": "Suling"},
        link="/firm",
        at=NOW,
        once_key=once_key,
    )


def test_notice_waits_in_the_inbox_of_its_reader_alone(session, browser_of):
    park = create_park(session)
    firm = create_enterprise(session, park)
    reader, other = create_member(session, firm), create_member(session, firm)
    tell(session, park, reader)
    assert "苏岭 已准入园区" in browser_of(session, reader, park_id=park.id).get("/notices").text
    assert "苏岭" not in browser_of(session, other, park_id=park.id).get("/notices").text


def test_mail_is_in_its_readers_language_and_sent_once(session, smtp_sink, run_jobs):
    park = create_park(session)
    person = create_member(session, create_enterprise(session, park))
    person.locale = "en"
    mail_with(SmtpMailer(smtp_sink.url, "park@example.com"), public_url="https://park.example")
    try:
        tell(session, park, person)
        session.commit()
        run_jobs()
        run_jobs()
    finally:
        mail_with(ConsoleMailer(), public_url="")
    (mail,) = smtp_sink.messages
    assert mail["Subject"] == "Suling is admitted to the park"
    assert "https://park.example/firm" in mail.get_content()
    assert session.scalars(select(Notice.mail_status)).one() is MailStatus.SENT


def test_the_same_key_tells_once(session):
    park = create_park(session)
    person = create_member(session, create_enterprise(session, park))
    tell(session, park, person, once_key="x")
    tell(session, park, person, once_key="x")
    assert len(session.scalars(select(Notice)).all()) == 1


def test_nobody_reads_anothers_notice(session, browser_of):
    park = create_park(session)
    firm = create_enterprise(session, park)
    reader, other = create_member(session, firm), create_officer(session, park)
    tell(session, park, reader)
    notice = session.scalars(select(Notice)).one()
    assert browser_of(session, other, park_id=park.id).post(f"/notices/{notice.public_id}/read").status_code == 404
    answer = browser_of(session, reader, park_id=park.id).post(f"/notices/{notice.public_id}/read")
    assert answer.headers["Location"] == "/firm"
