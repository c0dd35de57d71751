"""The API's documentation as a page: made from the specification on this server, with an example of each call."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Blueprint, current_app, render_template

from marketplace.kernel.edge import Who, allow

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 6
Json = Mapping[str, Any]

blueprint = Blueprint("api_docs", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    place: str
    kind: str
    text: str
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation as the page shows it; examples are ready to be copied."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    command: str
    parameters: Sequence[Parameter] = ()
    body: Sequence[Parameter] = ()
    body_example: str = ""
    answers: Sequence[Answer] = ()


@dataclass(slots=True)
class Group:
    name: str
    text: str
    calls: list[Call] = field(default_factory=list[Call])


@blueprint.get("/api/v1/docs")
@allow(Who.ANYONE)
def docs() -> str:
    """Everything the API can do, readable without a foreign host or a script."""
    spec = specification()
    return render_template("app/docs.html", groups=groups_of(spec), introduction=spec["info"].get("description", ""))


def specification() -> dict[str, Any]:
    """The specification as the API gives it."""
    api: Any = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return api.spec.to_dict()


def groups_of(spec: Json) -> list[Group]:
    """The calls of each part of the API in the order of their addresses."""
    reader = _Reader(spec)
    groups = {tag["name"]: Group(tag["name"], tag.get("description", "")) for tag in spec.get("tags", ())}
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                operation: Json = item[method]
                name = (operation.get("tags") or ["API"])[0]
                shared = item.get("parameters", ())
                groups.setdefault(name, Group(name, "")).calls.append(reader.call(path, method, operation, shared))
    return [group for group in groups.values() if group.calls]


class _Reader:
    """Reads one specification; references are followed."""

    def __init__(self, spec: Json) -> None:
        self._spec = spec

    def call(self, path: str, method: str, operation: Json, shared: Sequence[Json]) -> Call:
        body = self._body(operation)
        example = _pretty(self.example(body)) if body else ""
        found = [self._resolved(one) for one in (*shared, *operation.get("parameters", ()))]
        return Call(
            anchor=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
            method=method.upper(),
            path=path,
            summary=operation.get("summary", ""),
            text=operation.get("description", ""),
            command=_command(method, path, example),
            parameters=[self._parameter(one) for one in found],
            body=list(self._fields(body)),
            body_example=example,
            answers=[self._answer(str(status), one) for status, one in operation.get("responses", {}).items()],
        )

    def _resolved(self, value: Json) -> Json:
        while "$ref" in value:
            found: Any = self._spec
            for step in str(value["$ref"]).removeprefix("#/").split("/"):
                found = found[step]
            value = found
        return value

    def _body(self, operation: Json) -> Json:
        return self._resolved(_schema_of(self._resolved(operation.get("requestBody", {}))))

    def _parameter(self, given: Json) -> Parameter:
        schema = self._resolved(given.get("schema", {}))
        text = given.get("description") or schema.get("description", "")
        return Parameter(
            name=given["name"],
            place=given["in"],
            kind=_kind(schema),
            text=text,
            is_required=bool(given.get("required")),
        )

    def _fields(self, schema: Json) -> Iterator[Parameter]:
        needed = schema.get("required", ())
        for name, one in schema.get("properties", {}).items():
            found = self._resolved(one)
            yield Parameter(
                name=name,
                place="body",
                kind=_kind(found),
                text=str(found.get("description", "")),
                is_required=name in needed,
            )

    def _answer(self, status: str, given: Json) -> Answer:
        answer = self._resolved(given)
        schema = _schema_of(answer)
        example = _pretty(self.example(schema)) if schema and status.startswith("2") else ""
        return Answer(status=status, text=answer.get("description", ""), example=example)

    def example(self, given: Json, depth: int = 0) -> Any:
        """A value of the schema: its own example or default, else one made of its parts."""
        schema = self._resolved(given)
        for word in ("example", "default", "const"):
            if schema.get(word) is not None:
                return schema[word]
        if schema.get("enum"):
            return schema["enum"][0]
        for word in ("allOf", "anyOf", "oneOf"):
            if schema.get(word):
                return self.example(schema[word][0], depth)
        match _first_type(schema):
            case "object" if depth < DEEPEST:
                return {name: self.example(one, depth + 1) for name, one in schema.get("properties", {}).items()}
            case "array" if depth < DEEPEST:
                return [self.example(schema.get("items", {}), depth + 1)]
            case kind:
                return _plain_example(kind, schema)


def _schema_of(holder: Json) -> Json:
    """The schema of the first content a body or answer may have; empty for none."""
    contents: list[Json] = list(holder.get("content", {}).values())
    found: Json = contents[0].get("schema", {}) if contents else {}
    return found


def _first_type(schema: Json) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(cast("list[str]", kind)[0] if isinstance(kind, list) else kind)


def _plain_example(kind: str, schema: Json) -> Any:
    formats = {"date-time": "2026-12-01T08:00:00+08:00", "date": "2026-12-01", "email": "name@example.com"}
    match kind:
        case "integer":
            return max(1, int(schema.get("minimum", 1)))
        case "number":
            return 1.5
        case "boolean":
            return True
        case "object":
            return {}
        case "array":
            return []
        case _:
            return formats.get(schema.get("format", ""), "…")


def _kind(schema: Json) -> str:
    kind = schema.get("type", "")
    words = " | ".join(cast("list[str]", kind)) if isinstance(kind, list) else str(kind)
    if schema.get("enum"):
        return ", ".join(str(one) for one in schema["enum"] if one is not None)
    bounds = [f"{word} {schema[key]}" for key, word in BOUNDS.items() if key in schema]
    return ", ".join([" ".join(part for part in (words, schema.get("format", "")) if part), *bounds])


BOUNDS = {"minimum": "≥", "maximum": "≤", "minLength": "length ≥", "maxLength": "length ≤"}


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _command(method: str, path: str, example: str) -> str:
    """A line for the shell; placeholders stay in braces."""
    lines = [f'curl -X {method.upper()} "$GONGZAO{path}"', '-H "Authorization: Bearer $TOKEN"']
    if example:
        compact = json.dumps(json.loads(example), ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', f"-d '{compact}'"]
    return " \\\n  ".join(lines)
