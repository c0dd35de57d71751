"""A firm that imports: `bring(content)` runs an import from file to rows, as the command line does."""

import pytest

from marketplace.kernel.actor import system_actor
from marketplace.listings.imports.command import ImportChoices, import_file
from tests.factories import create_enterprise, create_park, create_zone


@pytest.fixture
def park(session):
    park = create_park(session)
    create_zone(session, park)
    return park


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def supplier(park, enterprise):
    return system_actor(park.id, enterprise.id)


@pytest.fixture
def bring(session, supplier, clock, tmp_path):
    def run(content, *, name="台账.csv", **choices):
        path = tmp_path / name
        path.write_bytes(content)
        return import_file(session, path, ImportChoices(**choices), actor=supplier, clock=clock).run

    return run
