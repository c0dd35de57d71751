"""Every page of the URL map, as the people who may read it see it: accessible, not wider than a phone, without errors."""

from collections.abc import Iterator
from itertools import cycle

import pytest

from marketplace.kernel.edge import Who
from tests.access import world as worlds
from tests.access.addresses import addresses
from tests.access.test_matrix import ENDS_THE_VISIT, sees
from tests.access.world import Caller, World
from tests.journeys.conftest import LANGUAGES, WIDTHS, Live

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
