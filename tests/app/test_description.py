"""The API describes itself: specification and page, without a foreign host or a script."""

import re

import pytest


@pytest.fixture
def spec(client):
    return client.get("/api/v1/openapi.json").json


def test_the_specification_is_openapi_3_1_with_both_ways_to_sign_in(spec):
    assert spec["openapi"] == "3.1.0"
    assert set(spec["components"]["securitySchemes"]) == {"token", "session"}


def test_refusals_are_described_as_problem_json(spec):
    answer = spec["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(answer) == ["application/problem+json"]
    problem = next(schema for name, schema in spec["components"]["schemas"].items() if name.startswith("Problem"))
    assert {"type", "title", "status", "code", "detail", "errors"} <= set(problem["properties"])


def test_the_page_shows_every_call_with_an_example(client, spec, session):
    page = client.get("/api/v1/docs").text
    for path, item in spec["paths"].items():
        for method in set(item) & {"get", "post", "put", "patch", "delete"}:
            assert f"<code>{method.upper()} {path}</code>" in page
    calls = sum(len(set(item) & {"get", "post", "put", "patch", "delete"}) for item in spec["paths"].values())
    assert page.count("curl -X") == calls


def test_the_page_keeps_to_the_policy(client, session):
    page = client.get("/api/v1/docs").text
    assert not re.search(r"<script(?![^>]*\b(?:src|type=\"application/json\"))", page)
    assert "style=" not in page
    assert not re.search(r"(?:src|href)=\"https?://", page)
