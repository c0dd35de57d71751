"""Page forms: the same schemas as the API read what a browser sends; errors go back beside their fields, input kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError

from marketplace.kernel.errors import DomainError
from marketplace.kernel.problems import field_sentence, sentence
from marketplace.kernel.schemas import from_form


@dataclass(slots=True)
class Form:
    """What was typed and what is wrong with it: `values` refill the fields, `errors` stand beside them."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def refuse(self, error: DomainError) -> None:
        """Put a refusal of the operation beside the fields it names; one that names none stands on top (`form`)."""
        for name, codes in error.fields.items():
            self.errors.setdefault(name, []).extend(_words(error, codes))
        if not error.fields:
            self.errors.setdefault("form", []).append(sentence(error))


def _words(error: DomainError, codes: Sequence[str]) -> list[str]:
    return [sentence(error) if code == error.code else field_sentence(code) for code in codes]


def typed(*lists: str) -> Form:
    """The form as it was sent; fields named in `lists` keep all their values."""
    values: dict[str, Any] = {name: request.form.get(name) for name in request.form}
    values |= {name: request.form.getlist(name) for name in lists}
    return Form(values)


def read(schema: Schema, form: Form) -> Any | None:
    """What the schema makes of the form; None, with `form.errors` filled, when something is wrong.

    Empty fields count as not given, so that defaults and "required" work as people expect.
    """
    given: Mapping[str, Any] = {name: value for name, value in form.values.items() if value not in ("", None)}
    token = from_form.set(True)
    try:
        return cast("Any", schema.load(given, unknown=EXCLUDE))
    except ValidationError as error:
        refused: dict[str, Any] = error.normalized_messages()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        for name, messages in refused.items():
            texts = cast("list[Any]", messages if isinstance(messages, list) else [messages])
            form.errors.setdefault(name, []).extend(field_sentence(str(text)) for text in texts)
        return None
    finally:
        from_form.reset(token)
