"""The OpenAPI 3.1 document, made from the catalogue and its types."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import lru_cache
from typing import Any, Final

import msgspec

import leal
from leal.api.catalogue import FUNCTIONS, GLOBAL_VERSIONS
from leal.api.customers import Customer2, CustomersInput
from leal.api.failures import Error1
from leal.api.function import Function
from leal.api.links import links_of
from leal.api.orders import Order2, OrdersInput
from leal.api.products import Collection2, Product2, ProductsInput
from leal.scalars import Flake, Instant, Money
from leal.values import MONEY_MAX

REF: Final = "#/components/schemas/{name}"
ABOUT: Final = (
    "A function is called by POST with a JSON object and answers with one; those that only read also by GET. "
    "The token goes into the header `Authorization`. A failure has an `id` for machines and a `message` for people. "
    "Whole numbers are written as such: `43`, not `43.0`; none has more than 64 bits, and no text holds a NUL."
)
ERRORS: Final = {
    "400": "The URL's version, the input or the customer's identity is at fault; `errors` lists every fault.",
    "401": "The token is missing where one is needed, or not valid here.",
    "403": "The token's kind, its key or its customer may not do this.",
    "404": "No such shop, function, customer or change.",
    "405": "The function is not called by this method; see `Allow`.",
    "408": "The body did not come in time.",
    "413": "The body is larger than 8 MB.",
    "415": "The body is neither JSON nor a form.",
    "422": "The programme's rules, or what was done before, stand against it; `reasons` lists why.",
    "429": "Too many calls in a short time; again after `Retry-After` seconds.",
    "431": "The URL and the headers are larger than 32 KB.",
    "500": "A fault of Leal's own; the log tells more under the `request_id`.",
    "503": "The database cannot answer now; try again.",
}
HEADERS: Final = {
    "X-Request-Id": {"schema": {"type": "string"}, "description": "The caller's own, or a new one."},
    "RateLimit": {"schema": {"type": "string"}, "description": 'What is left, e.g. `"member-reads";r=199;t=1`.'},
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": 'What is allowed, e.g. `"member-reads";q=200;w=10`.',
    },
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds; with 429 and 503."},
}
REPLAYED: Final = {"schema": {"const": "true"}, "description": "The answer was given before, under the same key."}
SHOP: Final = {
    "name": "shop", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Its slug.",
}  # fmt: skip
SCALARS: Final[dict[type, dict[str, Any]]] = {
    Money: {
        "type": "string",
        "pattern": r"^-?[0-9]{1,11}(\.[0-9]{1,6}0*)?$",
        "description": "A decimal in the shop's currency; written with exactly six fraction digits.",
        "examples": ["42.990000"],
    },
    Instant: {"type": "string", "format": "date-time", "description": "A moment, in RFC 3339; written in UTC."},
    Flake: {"type": "string", "pattern": "^[0-7][0-9a-f]{15}$", "description": "An id that sorts by creation."},
}
DOTTED: Final = "As JSON, or with dotted names."
MONEY_INPUT: Final = {
    "title": "MoneyInput",
    "anyOf": [{"$ref": REF.format(name="Money")}, {"type": "integer", "minimum": -MONEY_MAX, "maximum": MONEY_MAX}],
    "description": "A decimal in the shop's currency, or an integer of millionths; fractions as numbers are refused.",
}
_SCALAR_REFS: Final = {REF.format(name=type_.__name__) for type_ in SCALARS}
PUSHED: Final[dict[Any, tuple[tuple[str, Any], ...]]] = {
    OrdersInput: (("orders", Order2),),
    CustomersInput: (("customers", Customer2),),
    ProductsInput: (("collections", Collection2), ("products", Product2)),
}
"""Which types the items of a push are read as, one by one."""


@lru_cache(maxsize=2)
def document(public_url: str | None = None) -> dict[str, Any]:
    """The whole document, of a server that callers find at `public_url`."""
    return {
        "openapi": "3.1.0",
        **({"servers": [{"url": public_url}]} if public_url else {}),
        "info": {
            "title": "Leal",
            "version": leal.__version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [
            {"name": "read", "description": "Functions that change nothing; by POST or GET."},
            {"name": "write", "description": "Functions that change something; by POST."},
        ],
        "security": [{"token": []}, {}],
        "paths": {
            f"/api/{GLOBAL_VERSIONS[0]}/{{shop}}/{function.name}": _path(function) for function in FUNCTIONS.values()
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A JWT (HS256) that the shop signs, or one of its opaque keys; see docs/tokens.md.",
                }
            },
            "schemas": _schemas(),
        },
    }


def _path(function: Function) -> dict[str, Any]:
    post = operation(function)
    post["requestBody"] = body_of(function)
    if links := links_of(function.name):
        post["responses"]["200"]["links"] = links
    if function.kind == "write":
        post["parameters"] = [
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}
        ]
    path: dict[str, Any] = {"parameters": [SHOP], "post": post}
    if function.takes_get:
        path["get"] = operation(function, "_get")
        path["get"]["parameters"] = query_of(function)
        if function.tell is not None:
            path["get"]["parameters"].append({"name": "If-None-Match", "in": "header", "schema": {"type": "string"}})
            path["get"]["responses"]["200"]["headers"]["ETag"] = {"schema": {"type": "string"}}
            path["get"]["responses"]["304"] = {"description": "The caller's copy is still right.", "headers": HEADERS}
    return path


def body_of(function: Function) -> dict[str, Any]:
    """How a function is called by POST."""
    return {
        "required": any(field.required for field in msgspec.structs.fields(function.input)),
        "content": {
            "application/json": {"schema": _ref(function.input)},
            "application/x-www-form-urlencoded": _form(function.input),
        },
    }


def query_of(function: Function, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """How a function is called by GET."""
    return [
        {"name": field.encode_name, "in": "query", "required": field.required, **_query_form(field.type)}
        for field in msgspec.structs.fields(function.input)
        if field.name not in without
    ]


def form_of(type_: Any, name: str) -> dict[str, Any]:
    """What a field of a type holds."""
    return next(_of(field.type) for field in msgspec.structs.fields(type_) if field.name == name)


def operation(function: Function, suffix: str = "", answer: dict[str, Any] | None = None) -> dict[str, Any]:
    """A function by one of its methods: its callers, its answer and its failures."""
    callers, scope = ", ".join(kind.replace("_", " ") for kind in function.callers), function.scope
    done: dict[str, Any] = {"application/json": {"schema": answer or _ref(function.output)}}
    if any(field.name == "format" for field in msgspec.structs.fields(function.input)):
        done |= {kind: {"schema": {"type": "string"}} for kind in ("application/x-ndjson", "text/csv")}
    failed = {kind: {"schema": _ref(Error1)} for kind in ("application/json", "application/problem+json")}
    headers = HEADERS | ({"Idempotency-Replayed": REPLAYED} if function.kind == "write" else {})
    errors = ERRORS if function.kind == "write" else {code: text for code, text in ERRORS.items() if code != "422"}
    return {
        "operationId": function.name + suffix,
        "tags": [function.kind],
        "summary": function.summary,
        "description": f"Callers: {callers}. Keys of the scope shop{'' if scope == 'shop' else f' or {scope}'}.",
        "security": [{"token": []}] + ([{}] if "anonymous" in function.callers else []),
        "responses": {
            "200": {"description": "Done.", "content": done, "headers": headers},
            **{code: {"description": text, "content": failed, "headers": HEADERS} for code, text in errors.items()},
        },
    }


def _ref(type_: Any) -> dict[str, str]:
    return {"$ref": REF.format(name=type_.__name__)}


def _query_form(type_: Any) -> dict[str, Any]:
    schema = _of(type_)
    if _is_nested(schema):
        return {"content": {"application/json": {"schema": schema}}, "description": DOTTED}
    return {"schema": _as_text(schema)}


def _form(type_: Any) -> dict[str, Any]:
    """An input as a form: what is nested in it is written as JSON."""
    fields = msgspec.structs.fields(type_)
    schemas = {field.encode_name: _of(field.type) for field in fields}
    nested = {name: {"contentType": "application/json"} for name, schema in schemas.items() if _is_nested(schema)}
    return {
        "schema": {
            "type": "object",
            "properties": {
                name: {"allOf": [schema], "description": DOTTED} if name in nested else _as_text(schema)
                for name, schema in schemas.items()
            },
            "required": [field.encode_name for field in fields if field.required],
            "additionalProperties": not type_.__struct_config__.forbid_unknown_fields and {"type": "string"},
        },
        **({"encoding": nested} if nested else {}),
    }


def _of(type_: Any) -> dict[str, Any]:
    return dict(msgspec.json.schema_components([type_], schema_hook=_scalar, ref_template=REF)[0][0])


def _is_nested(schema: dict[str, Any]) -> bool:
    """Whether it is no simple value, which is written as its text."""
    if any(ref not in _SCALAR_REFS for ref in re.findall(r"'\$ref': '([^']*)'", str(schema))):
        return True
    return any(form.get("type") in ("array", "object") for form in (schema, *schema.get("anyOf", ())))


def _as_text(schema: dict[str, Any]) -> dict[str, Any]:
    """A simple value as a query or form has it: there is no null, and truth has more words."""
    if schema.get("type") == "boolean":
        return {"anyOf": [schema, {"enum": ["1", "0", ""]}]}
    if "anyOf" in schema:
        left = [form for form in schema["anyOf"] if form.get("type") != "null"]
        rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
        return {**rest, **left[0]} if len(left) == 1 else {**rest, "anyOf": left}
    return schema


def _schemas() -> dict[str, Any]:
    types: list[Any] = [Error1, *(item for arrays in PUSHED.values() for _, item in arrays)]
    for function in FUNCTIONS.values():
        types += [function.input, function.output]
    schemas = schemas_of(types)
    for input_, arrays in PUSHED.items():
        for field, item in arrays:
            schemas[input_.__name__]["properties"][field]["items"] = _ref(item)
    for name in _reached(schemas, {function.input.__name__ for function in FUNCTIONS.values()}):
        schemas[name] = _with_money_input(schemas[name])
    schemas |= {type_.__name__: {"title": type_.__name__, **form} for type_, form in SCALARS.items()}
    return schemas | {"MoneyInput": MONEY_INPUT}


def schemas_of(types: list[Any]) -> dict[str, Any]:
    """The schemas of types, and of those they are made of, with the texts below their fields."""
    schemas = dict(msgspec.json.schema_components(types, schema_hook=_scalar, ref_template=REF)[1])
    notes = _field_notes(frozenset(_structs(types)))
    for name, schema in schemas.items():
        for field, form in schema.get("properties", {}).items():
            if note := notes.get((name, field)):
                schema["properties"][field] = {**form, "description": note}
    return schemas


def _reached(schemas: dict[str, Any], names: set[str]) -> set[str]:
    """These types, and those they are made of."""
    found: set[str] = set()
    while new := names - found:
        found |= new
        text = " ".join(str(schemas[name]) for name in new)
        names = {name for name in re.findall(r"#/components/schemas/(\w+)", text) if name in schemas}
    return found


def _with_money_input(form: Any) -> Any:
    """The same, with money as callers may write it."""
    if isinstance(form, list):
        return [_with_money_input(part) for part in form]
    if not isinstance(form, dict):
        return form
    money = REF.format(name="Money")
    return {
        name: REF.format(name="MoneyInput") if (name, part) == ("$ref", money) else _with_money_input(part)
        for name, part in form.items()
    }


def _scalar(type_: type) -> dict[str, Any]:
    return _ref(type_)


def _structs(types: list[Any]) -> set[str]:
    """The modules that the types, and those they are made of, come from."""
    return {base.__module__ for type_ in types for base in type_.__mro__ if base.__module__.startswith("leal.")}


def _field_notes(modules: frozenset[str]) -> dict[tuple[str, str], str]:
    """The texts below the fields of the wire types, by class and field; fields are inherited with their texts."""
    own: dict[tuple[str, str], str] = {}
    classes: list[type] = []
    for module in modules:
        for part in ast.parse(inspect.getsource(sys.modules[module])).body:
            if not isinstance(part, ast.ClassDef):
                continue
            classes.append(getattr(sys.modules[module], part.name))
            for field, note in zip(part.body, part.body[1:], strict=False):
                match field, note:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        own[part.name, name] = " ".join(text.split())
    return {
        (cls.__name__, field): note
        for cls in classes
        for base in reversed(cls.__mro__)
        for (owner, field), note in own.items()
        if owner == base.__name__
    }
