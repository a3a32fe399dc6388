"""The documents beside the code: the catalogue of errors, the OpenAPI document and its page."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
from schemathesis.specs.openapi.definitions import OPENAPI_31

import leal
from leal.api import openapi, reference
from leal.api.catalogue import FUNCTIONS
from leal.api.failures import status_of
from leal.errors import LealError

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "leal"
ERRORS = (ROOT / "docs" / "errors.md").read_text()


def error_classes() -> set[type[LealError]]:
    """Every error class of the package, but the root."""
    for module in pkgutil.walk_packages(leal.__path__, "leal."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[LealError]] = set()
    new = {LealError}
    while new:
        new = {sub for cls in new for sub in cls.__subclasses__() if sub.__module__.startswith("leal")} - found
        found |= new
    return found


def literals(call: str, argument: int, *files: Path) -> Iterator[str]:
    """The texts that stand as an argument of a call."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and call in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                for part in ast.walk(node.args[argument]) if len(node.args) > argument else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_every_error_is_in_the_catalogue() -> None:
    ids = {cls.id for cls in error_classes()}
    assert len(ids) > 30
    assert {ident for ident in ids if f"| `{ident}` |" not in ERRORS} == set()


def test_the_catalogues_statuses_are_those_that_are_sent() -> None:
    told = {ident: int(status) for ident, status in re.findall(r"^\| `(\w+)` \| (\d{3}) \|", ERRORS, re.MULTILINE)}
    sent = {cls.id: status_of(cls.__new__(cls)) for cls in error_classes()} | {"internal_error": 500}
    assert len(told) > 20
    assert told == {ident: sent[ident] for ident in told}
    missing = {cls.id for cls in error_classes() if cls.__module__.startswith(("leal.api", "leal.tokens"))} - set(told)
    assert missing == set()


def test_every_reason_and_fault_is_in_the_catalogue() -> None:
    reasons = set(literals("Reason", 0, *SOURCE.glob("rules/*.py"), *SOURCE.glob("engine/*.py")))
    files = [*SOURCE.glob("api/*.py"), *SOURCE.glob("engine/[!p]*.py"), SOURCE / "decode.py", SOURCE / "faults.py"]
    faults = set(literals("Problem", 1, *files)) | set(literals("_fault", 1, *files))
    assert len(reasons) > 8
    assert len(faults) > 12
    assert {code for code in reasons | faults if f"| `{code}` |" not in ERRORS} == set()


def test_openapi_is_a_document_of_its_standard() -> None:
    """By the meta-schema of OpenAPI 3.1, and each schema in it by that of JSON Schema 2020-12, which it stands on."""
    document = json.loads(json.dumps(openapi.document("https://loyalty.example")))
    standard = jsonschema_rs.Draft202012Validator(OPENAPI_31)
    assert [f"{list(fault.instance_path)}: {fault.message}" for fault in standard.iter_errors(document)] == []
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name
    document["info"].pop("title")
    assert not standard.is_valid(document)


def test_openapi_is_whole() -> None:
    document = openapi.document()
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) <= set(schemas)
    for name, function in FUNCTIONS.items():
        path: dict[str, Any] = document["paths"][f"/api/v2023061/{{shop}}/{name}"]
        assert ("get" in path) == (function.kind == "read" or name == "RecordCustomTrigger1")
        assert path["post"]["summary"] == function.summary
    balance = schemas["CustomerBalanceResult3"]
    assert {"pts_held", "pts_debt", "next_tier"} <= set(balance["required"])
    assert not {"sources", "unused_rewards"} & set(balance["required"])
    assert schemas["OrdersInput"]["properties"]["orders"]["items"] == {"$ref": "#/components/schemas/Order2"}
    assert "idempotency_key" in schemas["RedeemInput"]["properties"]


def test_lists_come_in_pages() -> None:
    """Whatever lists takes `limit`, with a maximum, and `after_id`, but for what the programme itself bounds."""
    lists = [name for name in FUNCTIONS if re.search("List|History", name) and name != "ListOffers1"]
    assert len(lists) >= 3
    schemas = openapi.document()["components"]["schemas"]
    for name in lists:
        fields = schemas[FUNCTIONS[name].input.__name__]["properties"]
        assert fields["limit"]["minimum"] == 1
        assert fields["limit"]["maximum"] <= 1000
        assert "after_id" in fields, name


def test_whatever_takes_what_the_shop_knows_is_a_push() -> None:
    assert {name for name, function in FUNCTIONS.items() if function.push} == {
        name for name, function in FUNCTIONS.items() if function.output.__name__ == "PushResult1"
    } | {"RecordCustomTrigger1"}


def test_the_page_needs_nothing_else_and_names_everything() -> None:
    page = reference.page().decode()
    assert set(re.findall(r'href="([^#"][^"]*)"', page)) == {"openapi.json"}
    assert "<script" not in page
    for name in (*FUNCTIONS, *openapi.document()["components"]["schemas"]):
        assert f">{name}</h" in page
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
