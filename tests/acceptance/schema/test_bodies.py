"""Bodies that nobody means well: every function answers them in the one error shape, with no fault of its own."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
import requests
from schemathesis.python.asgi import get_client
from structlog.testing import capture_logs

from leal.api.catalogue import FUNCTIONS
from tests.acceptance.schema.ground import SLUG, Ground
from tests.acceptance.schema.rules import check_error

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
FIELDS: Final = sorted({field for function in FUNCTIONS.values() for field in function.input.__struct_fields__})
VALUES: Final = (
    "9223372036854775808", "-9223372036854775809", "1" * 5000, "1e400", "-1e999", "1e-400", "0.1", "-0", "1E5", "NaN",
    "Infinity", "01", "+1", "0x10", "true", "null", '""', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\u12"',
    '"' + "x" * 1_000_001 + '"', "[" * 40 + "]" * 40, "[" * 100_000, '{"a":' * 100_000, "[[[[]]]]", "{}",
    '{"a":1,"a":2}',
    "[null]", "[1e400]", '[{"id":"\\ud800"}]', '[{"id":"\\u0000"}]', '[{"id":9223372036854775808}]',
    '"9999-12-31T23:59:59.999999+00:00"', '"0001-01-01T00:00:00+23:59"',
    '"99999999999999999999.0"', '"ffffffffffffffff"',
)  # fmt: skip
"""Values of every field, as JSON writes or miswrites them."""
WHOLE: Final = (
    b"", b"{", b"}", b"null", b"[]", b"1", b'"', b"{}{}", b"{}\x00", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
    b"\x80\xff",
    b'{"auth":"\xff"}', b'{"auth":1}', b'{"auth":"a","auth":"b"}', b'{"\\ud800":1}', b'{"\\u0000":1}', b"{\n" * 50_000,
    "{}".encode("utf-16"), "{}".encode("utf-32"), b'{"a":1,}', b"{/**/}", b"'{}'",
)  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_body_is_a_fault_of_ours(ground: Ground, name: str) -> None:
    with door(ground) as client:
        for body in WHOLE:
            for kind in (JSON, FORM):
                check(post(ground, client, name, body, kind))
        for field in FUNCTIONS[name].input.__struct_fields__:
            for value in VALUES:
                check(post(ground, client, name, f'{{"{field}":{value}}}'.encode(), JSON))
        for body in (
            b"%",
            b"%ff=%ff",
            b"a=1&" * 300,
            b"a.b.c.d.e.f.g.h.i.j=1",
            b"customer=1&customer.id=2",
            b"=",
            b"\xff=1",
        ):
            check(post(ground, client, name, body, FORM))
        for header in ("text/plain", "application/json; charset=utf-16", "multipart/form-data", "\xe9", ";", ""):
            check(post(ground, client, name, b"{}", header))


def door(ground: Any) -> Any:
    """A caller of the application in this process."""
    return get_client(ground)


def post(ground: Ground, client: requests.Session, name: str, body: bytes, kind: str) -> requests.Response:
    headers = {"authorization": f"Bearer {ground.tokens[0][0]}", "content-type": kind}
    return client.post(f"/api/v2023061/{SLUG}/{name}", data=body, headers=headers)


def check(answer: requests.Response) -> None:
    assert answer.status_code in (200, 400, 401, 403, 404, 413, 415, 422), answer.text[:1000]
    told: Any = answer.json() if answer.text and answer.headers["content-type"] == JSON else None
    if answer.status_code != 200:
        check_error(told, answer.status_code)


def test_no_token_is_logged(ground: Ground) -> None:
    """Before anything is cut from the log, for nobody hands tokens to it."""
    with capture_logs() as events, door(ground) as client:
        for token, _ in ground.tokens[1:]:
            for body in (
                json.dumps({"auth": token}).encode(),
                b"{" + token.encode(),
                b'{"auth":["' + token.encode() + b'"]}',
            ):
                post(ground, client, "CustomerBalance3", body, JSON)
            client.get(f"/api/v2023061/{SLUG}/Status2?auth={token}&auth={token}x")
            client.get(f"/api/v2023061/{token}/Status2", headers={"authorization": token})
            client.get(f"/api/v2023061/{SLUG}/{token}", headers={"x-request-id": f"Bearer {token}"})
    assert len(events) > 2 * len(ground.tokens)
    logged = repr(events)
    assert [token for token, _ in ground.tokens if token and token in logged] == []
