"""The firms and people of the demo park, entered by applying and by the office's decision, as anybody would be."""

import io
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from marketplace.accounts.licences import CheckedLicence, check_licence
from marketplace.accounts.models import Enterprise, FirmMember, MembershipStatus, SizeClass, User, Zone
from marketplace.accounts.operations.admission import (
    Apply,
    DecideStanding,
    FirmDetails,
    apply_for_admission,
    decide_standing,
)
from marketplace.accounts.passwords import hash_password
from marketplace.app.demo.grounds import ZONES
from marketplace.app.demo.manners import MANNERS, Manner
from marketplace.app.demo.specifications import FOLDER, load_profiles
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock, fixed_clock

FILE = Path(__file__).with_name("firms.toml")
PASSWORD = "yunxi demo park"  # noqa: S105 - the demo's, shown on its sign-in page
MONTH = timedelta(days=30)
UNREVIEWED_FROM = 5 * MONTH
"""A firm that has been here for five months publishes without a look by the office."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN = [
    "建国",
    "敏",
    "志强",
    "婷",
    "海涛",
    "雪梅",
    "永康",
    "晓燕",
    "立新",
    "佳怡",
    "文博",
    "春华",
    "国栋",
    "丽娟",
    "俊杰",
    "思远",
    "玉兰",
    "振宇",
    "慧",
    "浩然",
    "秀英",
    "子轩",
    "晨",
    "明辉",
    "静怡",
    "卫东",
    "欣",
    "鹏飞",
]
ROLES_BY_SIZE = {
    SizeClass.LARGE: (FirmRole.OWNER, FirmRole.OPERATOR, FirmRole.OPERATOR, FirmRole.FINANCE),
    SizeClass.MEDIUM: (FirmRole.OWNER, FirmRole.OPERATOR, FirmRole.FINANCE),
    SizeClass.SMALL: (FirmRole.OWNER, FirmRole.OPERATOR),
    SizeClass.MICRO: (FirmRole.OWNER,),
}


@dataclass(frozen=True, slots=True)
class FirmPlan:
    """`age` is how long before the park's present its office decided about it; `owns` are resource types.

    An anchor firm has been visited by the office, so that its word counts from the start.
    """

    number: int
    code: str
    zh: str
    en: str
    industry: str
    size: SizeClass
    zone: str
    age: timedelta
    owns: tuple[str, ...]
    manner: Manner
    is_anchor: bool
    trades: float = 1.0
    """How much more often than others it lets and hires: visitors sign in as firms with something to see."""


@dataclass(slots=True)
class Firm:
    """A firm that is there; `people` by role, the owner first."""

    plan: FirmPlan
    enterprise_id: int
    public_id: str
    zone: str
    place: tuple[float, float]
    joined: datetime
    people: dict[FirmRole, Actor] = field(default_factory=dict[FirmRole, Actor])

    @property
    def owner(self) -> Actor:
        return self.people[FirmRole.OWNER]

    @property
    def operator(self) -> Actor:
        return self.people.get(FirmRole.OPERATOR, self.owner)

    @property
    def cashier(self) -> Actor:
        return self.people.get(FirmRole.FINANCE, self.owner)


@lru_cache(maxsize=1)
def read_firms() -> Mapping[str, tuple[FirmPlan, ...]]:
    """The plans by the heading they stand under: firms, newcomers, refused, suspended."""
    families = {path.stem: _types_of(path) for path in sorted(FOLDER.glob("*.toml"))}
    number, found = 0, dict[str, tuple[FirmPlan, ...]]()
    for heading, rows in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        plans: list[FirmPlan] = []
        for code, row in rows.items():
            number += 1
            plans.append(_plan(number, code, row, families))
        found[heading] = tuple(plans)
    return found


def _types_of(path: Path) -> tuple[str, ...]:
    return tuple(code for code in tomllib.loads(path.read_text(encoding="utf-8")) if code != "family")


def _plan(number: int, code: str, row: Mapping[str, Any], families: Mapping[str, tuple[str, ...]]) -> FirmPlan:
    owned = [kind for word in row["owns"].split() for kind in families.get(word, (word,))]
    if strange := set(owned) - set(load_profiles()):
        raise ValueError(f"{code}: no such resource type: {', '.join(sorted(strange))}")
    age = timedelta(days=row["days"]) if "days" in row else row["months"] * MONTH
    size = SizeClass(row["size"])
    return FirmPlan(
        number=number,
        code=code,
        zh=row["zh"],
        en=row["en"],
        industry=row["industry"],
        size=size,
        zone=row["zone"],
        age=age,
        owns=tuple(owned),
        manner=MANNERS[row.get("manner", "usual")],
        is_anchor=row.get("anchor", False),
        trades=row.get("trades", 1.0),
    )


class Registry:
    """Enters firms; the office's decision about each is a step of its own."""

    def __init__(self, session: Session, park_id: int, zones: Mapping[str, Zone], dice: random.Random) -> None:
        self._session = session
        self._park_id = park_id
        self._zones = {code: zone.public_id for code, zone in zones.items()}
        self._dice = dice
        self._password_hash = hash_password(PASSWORD)

    def person(self, email: str, name: str, *, at: datetime) -> User:
        user = User(email=email, name=name, password_hash=self._password_hash, created_at=at)
        self._session.add(user)
        self._session.flush()
        return user

    def name(self) -> str:
        return self._dice.choice(SURNAMES) + self._dice.choice(GIVEN)

    def enter(self, plan: FirmPlan, *, at: datetime) -> Firm:
        """The firm's owner applies; its other people are there from the same day."""
        clock, owner = fixed_clock(at), self.person(f"owner@{plan.code}.example", self.name(), at=at)
        details = self._details(plan, owner.name)
        applying = Apply(park_id=self._park_id, firm=details, licence=_licence(details.uscc))
        who = Actor(park_id=self._park_id, user_id=owner.id, name=owner.name)
        member = apply_for_admission(self._session, applying, actor=who, clock=clock)
        enterprise = self._session.get_one(Enterprise, member.enterprise_id)
        enterprise.short_name_zh, enterprise.short_name_en = plan.zh, plan.en
        place = (details.latitude or 0.0, details.longitude or 0.0)
        firm = Firm(plan, enterprise.id, enterprise.public_id, self._zones[plan.zone], place, at)
        firm.people[FirmRole.OWNER] = self._actor(firm, owner, FirmRole.OWNER)
        self._staff(firm, at=at)
        return firm

    def _staff(self, firm: Firm, *, at: datetime) -> None:
        for position, role in enumerate(ROLES_BY_SIZE[firm.plan.size][1:]):
            suffix = "" if role not in firm.people else f"{position + 1}"
            user = self.person(f"{role.value}{suffix}@{firm.plan.code}.example", self.name(), at=at)
            self._session.add(FirmMember(user_id=user.id, enterprise_id=firm.enterprise_id, role=role, since=at))
            firm.people.setdefault(role, self._actor(firm, user, role))
        self._session.flush()

    def _actor(self, firm: Firm, user: User, role: FirmRole) -> Actor:
        return Actor(
            park_id=self._park_id,
            user_id=user.id,
            enterprise_id=firm.enterprise_id,
            admitted=True,
            firm_role=role,
            name=user.name,
        )

    def decide(self, firm: Firm, status: MembershipStatus, reason: str, *, officer: Actor, clock: Clock) -> None:
        unreviewed = firm.plan.age >= UNREVIEWED_FROM if status is MembershipStatus.ADMITTED else None
        command = DecideStanding(
            enterprise=firm.public_id, status=status, reason=reason, publishes_unreviewed=unreviewed
        )
        decide_standing(self._session, command, actor=officer, clock=clock)
        firm.joined = clock()

    def _details(self, plan: FirmPlan, owner: str) -> FirmDetails:
        zone, body = next(zone for zone in ZONES if zone.code == plan.zone), f"91320594MA1{plan.number:06d}"
        city = self._dice.choice(("苏州", "苏州", "苏州", "江苏"))
        return FirmDetails(
            uscc=body + uscc.calc_check_digit(body),
            name_zh=f"{city}{plan.zh}有限公司",
            name_en=f"{'Suzhou' if city == '苏州' else 'Jiangsu'} {plan.en} Co., Ltd.",
            industry_code=plan.industry,
            size_class=plan.size,
            legal_person=owner,
            controller=owner,
            phone=f"0512-6{self._dice.randrange(1_000_000, 9_999_999)}",
            bank_account=f"1102{self._dice.randrange(10**14, 10**15)}",
            address=f"云溪智造园{zone.zh}{zone.street} {self._dice.randrange(1, 120)} 号",
            latitude=round(zone.latitude + self._dice.uniform(-0.002, 0.002), 6),
            longitude=round(zone.longitude + self._dice.uniform(-0.002, 0.002), 6),
            zone_code=plan.zone,
        )


def _licence(code: str) -> CheckedLicence:
    """A sheet that stands for the business licence 营业执照, with the firm's code on it."""
    sheet = Image.new("RGB", (420, 300), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((12, 12, 408, 288), outline="#b08030", width=4)
    pen.text((120, 60), "BUSINESS LICENCE (demo)", fill="black")
    pen.text((120, 120), code, fill="black")
    for line in range(4):
        pen.line((60, 170 + 24 * line, 360, 170 + 24 * line), fill="#999999")
    drawn = io.BytesIO()
    sheet.save(drawn, "PNG")
    return check_licence(drawn.getvalue())
