"""The whole API against its own description: whatever the description allows, and whatever it forbids, is answered
without a 5xx and in the form the description promises.

Every operation is asked by a firm's owner and by an officer of every role, about things that exist. Seeded and bounded:
the same requests on every run.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access import world as worlds
from tests.access.addresses import kind_of
from tests.access.world import World

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 3
PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


@pytest.fixture
def world(app, session) -> World:
    return worlds.build(app, session)


def operations(app: Flask) -> Iterator[APIOperation]:
    """Every operation of the description; what takes a thing away comes last, so that the others still find it."""
    description = app.test_client().get("/api/v1/openapi.json").get_json()
    found = [result.ok() for result in schemathesis.openapi.from_dict(description).get_all_operations()]
    return iter(sorted(found, key=lambda operation: operation.method.upper() == "DELETE"))


def existing(app: Flask, operation: APIOperation, ids: dict[str, str]) -> dict[str, str]:
    """The parameters of the operation's path that name a thing, filled with one of the world."""
    rule = next(
        rule
        for rule in app.url_map.iter_rules()
        if operation.method.upper() in (rule.methods or ()) and PARAMETER.sub(r"{\1}", rule.rule) == operation.path
    )
    kinds = {name: kind_of(rule, name) for name in rule.arguments}
    return {name: ids[kind] for name, kind in kinds.items() if kind}


def naming(body: Any, ids: dict[str, str]) -> Any:
    """The body with a thing of the world wherever it names one, so that what is asked is more than that it is absent."""
    if isinstance(body, dict):
        return {
            name: ids[name] if isinstance(value, str) and name in ids else naming(value, ids)
            for name, value in body.items()
        }
    return [naming(one, ids) for one in body] if isinstance(body, list) else body


def broken_promises(
    app: Flask, operation: APIOperation, client: FlaskClient, ids: dict[str, str], mode: GenerationMode
) -> list[str]:
    broken: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=existing(app, operation, ids)))
    def ask(case: Case) -> None:
        if mode is GenerationMode.POSITIVE:
            case.body = naming(case.body, ids)
        try:
            case.validate_response(case.call(session=client, app=app), checks=PROMISES)
        except FailureGroup as group:
            broken.extend(f"{operation.label}: {failure}\n{case.as_curl_command()}" for failure in group.exceptions)
        except Exception as error:  # noqa: BLE001 - a view that raised: in production a 500
            broken.append(f"{operation.label}: {error!r}\n{case.as_curl_command()}")

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that has neither parameters nor body
        ask()
    return broken


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", ["our owner", "office of every role"])
def test_every_operation_keeps_its_promises(app, world, name, mode):
    client = world.callers[name].client
    broken = [
        line for operation in operations(app) for line in broken_promises(app, operation, client, world.ids, mode)
    ]
    assert not broken, "\n\n".join(broken)
