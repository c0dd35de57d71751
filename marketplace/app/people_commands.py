"""`gongzao enterprise` and `gongzao user`: the first firms and people of a park, from the command line."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.codes import checked_uscc
from marketplace.accounts.models import (
    Enterprise,
    FirmMember,
    Membership,
    MembershipStatus,
    OfficeMember,
    Park,
    User,
    Zone,
)
from marketplace.accounts.operations.two_factor import switch_off
from marketplace.accounts.passwords import check_password_rules, hash_password
from marketplace.accounts.queries import only_park
from marketplace.app.commands import running_application
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.edge import current_session, request_clock
from marketplace.kernel.errors import DomainError


def told(error: DomainError) -> click.ClickException:
    """A refusal as the command line says it."""
    facts = ", ".join(f"{name}={value}" for name, value in {**error.facts, **error.fields}.items())
    return click.ClickException(f"{error.code}: {facts}" if facts else error.code)


def acting_for(session: Session, uscc: str) -> Actor:
    """The system acting for an admitted enterprise; refuses in words when there is none of that code."""
    try:
        code = checked_uscc(uscc)
    except DomainError as error:
        raise told(error) from error
    row = session.execute(
        select(Membership.park_id, Enterprise.id, Membership.status)
        .join(Enterprise, Enterprise.id == Membership.enterprise_id)
        .where(Enterprise.uscc == code)
        .order_by(Membership.id)
    ).first()
    if row is None:
        raise click.ClickException(
            f"No enterprise {code} in any park: gongzao enterprise create {code} --name … --admit"
        )
    if row[2] is not MembershipStatus.ADMITTED:
        raise click.ClickException(f"The park has not admitted {code} yet.")
    return system_actor(row[0], row[1])


@click.group()
def enterprise() -> None:
    """Firms."""


@enterprise.command()
@click.argument("uscc")
@click.option("--name", required=True, help="Chinese name, as on the business licence.")
@click.option("--name-en", default="", help="English name.")
@click.option("--zone", default=None, help="Code of its zone.")
@click.option("--admit", is_flag=True, help="Admit it at once.")
def create(uscc: str, *, name: str, name_en: str, zone: str | None, admit: bool) -> None:
    """Enter the enterprise with the code USCC into the park."""
    with running_application():
        session, now = current_session(), request_clock()()
        try:
            code, park = checked_uscc(uscc), only_park(session)
        except DomainError as error:
            raise told(error) from error
        if session.scalar(select(Enterprise.id).where(Enterprise.uscc == code)):
            raise click.ClickException(f"{code} is known already.")
        zone_id = session.scalar(select(Zone.id).where(Zone.park_id == park.id, Zone.code == zone))
        if zone and zone_id is None:
            known = session.scalars(select(Zone.code).where(Zone.park_id == park.id)).all()
            raise click.ClickException(f"No zone {zone}; there are: {', '.join(known)}")
        firm = Enterprise(uscc=code, name_zh=name, name_en=name_en, created_at=now)
        session.add(firm)
        session.flush()
        status = MembershipStatus.ADMITTED if admit else MembershipStatus.APPLIED
        session.add(Membership(enterprise_id=firm.id, park_id=park.id, zone_id=zone_id, status=status, applied_at=now))
        audit(
            session, system_actor(park.id), at=now, action="enterprise.created", subject=f"enterprise:{firm.public_id}"
        )
        session.commit()
        click.echo(f"{code} {name}: {status.value}")


@click.group()
def user() -> None:
    """People."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--enterprise", "uscc", default=None, metavar="USCC", help="The firm they act for.")
@click.option("--role", type=click.Choice([role.value for role in FirmRole]), default=FirmRole.OWNER.value)
@click.option(
    "--office", type=click.Choice([role.value for role in OfficeRole]), multiple=True, help="Roles in the park office."
)
@click.password_option(help="Asked for when left out.")
def create_user(email: str, *, name: str, uscc: str | None, role: str, office: tuple[str, ...], password: str) -> None:
    """Make an account for EMAIL, in a firm or in the park office."""
    with running_application():
        session, now = current_session(), request_clock()()
        address = email.strip().lower()
        if session.scalar(select(User.id).where(User.email == address)):
            raise click.ClickException(f"{address} has an account already.")
        try:
            check_password_rules(password, email=address)
            park = only_park(session)
        except DomainError as error:
            raise told(error) from error
        person = User(email=address, name=name, password_hash=hash_password(password), created_at=now)
        session.add(person)
        session.flush()
        _place(session, person, park, uscc=uscc, role=FirmRole(role), office=office)
        audit(session, system_actor(park.id), at=now, action="user.created", subject=f"user:{person.public_id}")
        session.commit()
        click.echo(f"{address}: {', '.join(office) or role}")


@user.command("reset-two-factor")
@click.argument("email")
def reset_two_factor(email: str) -> None:
    """Forget the second factor of EMAIL, whose phone and recovery codes are lost; their sessions end."""
    with running_application():
        session = current_session()
        person = session.scalar(select(User).where(User.email == email.strip().lower()))
        if person is None:
            raise click.ClickException(f"No account {email}.")
        switch_off(session, person, actor=system_actor(only_park(session).id), clock=request_clock())
        session.commit()
        click.echo(f"{person.email}: asked to set up a second factor at the next sign-in")


def _place(
    session: Session, person: User, park: Park, *, uscc: str | None, role: FirmRole, office: tuple[str, ...]
) -> None:
    if office:
        session.add(OfficeMember(user_id=person.id, park_id=park.id, roles=sorted(set(office))))
    if uscc is None:
        return
    firm_id = session.scalar(select(Enterprise.id).where(Enterprise.uscc == checked_uscc(uscc)))
    if firm_id is None:
        raise click.ClickException(f"No enterprise {uscc}.")
    session.add(FirmMember(user_id=person.id, enterprise_id=firm_id, role=role, since=person.created_at))
