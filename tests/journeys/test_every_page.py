"""Every page of the URL map, as the people who may read it see it: accessible, not wider than a phone, without errors."""

from collections.abc import Iterator

import pytest

from tests.access import world as worlds
from tests.access.addresses import addresses
from tests.access.test_matrix import ENDS_THE_VISIT, sees
from tests.access.world import Caller, World
from tests.journeys.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.fixture(scope="module")
def world(live: Live) -> World:
    return worlds.build(live.app, live.session)


def pages_of(world: World, caller: Caller) -> Iterator[str]:
    """Whole pages that this person may open; files and fragments are left out."""
    for address in addresses(world.app, world.ids):
        if address.method != "GET" or address.endpoint in ENDS_THE_VISIT or address.path.startswith("/api/v1/"):
            continue
        if not caller.may_call(address.access) or not all(sees(caller, kind) for kind in address.kinds):
            continue
        answer = caller.client.get(address.path)
        if answer.status_code == 200 and answer.mimetype == "text/html" and b"<html" in answer.data:
            yield address.path


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("our owner", {"language": "en", "width": 1280}),
        ("our owner", {"language": "zh_CN", "width": 375, "theme": "dark"}),
        ("the other side", {"language": "en", "width": 375}),
        ("office admin", {"language": "en", "width": 375}),
        ("office admin", {"language": "zh_CN", "width": 1280}),
    ],
    ids=["owner-desk-en", "owner-phone-zh-dark", "other-phone-en", "office-phone-en", "office-desk-zh"],
)
def test_every_page_is_accessible_and_keeps_to_its_width(live: Live, world: World, name: str, look: dict):
    caller = world.callers[name]
    cookie = caller.client.get_cookie(live.app.config["SESSION_COOKIE_NAME"])
    with live.visitor(cookie=cookie.value, **look) as visitor:
        faults = []
        for path in pages_of(world, caller):
            visitor.go(path)
            faults += visitor.faults()
    assert faults == []
