"""How a mail leaves: by SMTP where `SMTP_URL` is set, else it is printed to the log (the demo)."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.stdlib.get_logger("gongzao.mail")
TIMEOUT_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    to: str
    subject: str
    body: str


class Mailer(Protocol):
    """Sends one mail, or raises."""

    def send(self, mail: Mail) -> None: ...


class ConsoleMailer:
    """No mail server: the log shows what would have been sent."""

    def send(self, mail: Mail) -> None:
        log.info("mail", to=mail.to, subject=mail.subject)


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """`smtp://user:password@host:587` upgrades by STARTTLS where the server offers it, `smtps://host:465` is TLS at once."""

    url: str
    sender: str

    def send(self, mail: Mail) -> None:
        """Raises `smtplib.SMTPException` or `OSError` when the server does not take it; the job tries again."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        message.set_content(mail.body)
        with self._connection() as server:
            server.send_message(message)

    def _connection(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


_mailer: list[Mailer] = [ConsoleMailer()]
_public_url: list[str] = [""]


def mail_with(mailer: Mailer, *, public_url: str) -> None:
    """Register how mail leaves and what its links begin with; `marketplace.app` calls it."""
    _mailer[:], _public_url[:] = [mailer], [public_url]


def mailer() -> Mailer:
    return _mailer[0]


def absolute(link: str) -> str:
    """A link of the product as a mail shows it."""
    return f"{_public_url[0]}{link}"
