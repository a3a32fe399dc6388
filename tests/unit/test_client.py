"""The client towards a server that fails, is slow to recover, or is none at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from leal.client import CallFailed, CallRefused, Client, InvalidCall, ServerFailed, TooManyCalls, Unreachable
from leal.client.shapes import (
    AdjustmentInput3,
    Customer2,
    CustomerIdentity1,
    Flake,
    Money,
    Order2,
    OrderItem2,
    OrderProduct2,
)

ANNA = CustomerIdentity1(shopid="anna")
REDEEMED = {"code": "KZEX5KAA9U7D", "pts": 200, "amount": "2.000000", "change_bhid": "687fff6c54ed6004"}


class Told(NamedTuple):
    """One answer of the server's; a status of 0 breaks the connection."""

    status: int
    body: Any = None
    retry_after: str | None = None


class Scripted:
    """A server that answers what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Told] = []
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                script.asked.append((self.path, dict(self.headers.items()), body))
                told = script.answers.pop(0)
                if told.status == 0:
                    self.close_connection = True
                    return
                answer = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
                self.send_response(told.status)
                self.send_header("Content-Length", str(len(answer)))
                if told.retry_after is not None:
                    self.send_header("Retry-After", told.retry_after)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    script = Scripted()
    thread = threading.Thread(target=script.server.serve_forever, daemon=True)
    thread.start()
    yield script
    script.server.shutdown()
    script.server.server_close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(scripted: Scripted, slept: list[float]) -> Iterator[Client]:
    caller = Client(scripted.url, "vinyl", "a-token", sleep=slept.append)
    yield caller
    caller.close()


def failure(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "message": "So it is.", "request_id": "r1", **more}


def test_a_write_is_repeated_under_one_key_until_it_is_answered(
    scripted: Scripted, client: Client, slept: list[float]
) -> None:
    scripted.answers = [Told(503, failure("unavailable"), "2"), Told(0), Told(500, b"gone"), Told(200, REDEEMED)]
    done = client.redeem_points1(customer=ANNA, pts=200)
    assert (done.code, done.amount, done.change_bhid) == ("KZEX5KAA9U7D", 2_000_000, 0x687FFF6C54ED6004)
    assert {path for path, _, _ in scripted.asked} == {"/api/v2023061/vinyl/RedeemPoints1"}
    assert len({headers["Idempotency-Key"] for _, headers, _ in scripted.asked}) == 1
    assert {headers["Authorization"] for _, headers, _ in scripted.asked} == {"Bearer a-token"}
    assert slept[0] == 2.0
    assert [0.2 <= slept[1] <= 0.4, 0.4 <= slept[2] <= 0.8] == [True, True]


def test_each_wish_has_a_key_of_its_own_or_the_callers(scripted: Scripted, client: Client) -> None:
    scripted.answers = [Told(200, REDEEMED)] * 3
    client.redeem_points1(customer=ANNA, pts=200)
    client.redeem_points1(customer=ANNA, pts=200)
    client.redeem_points1(customer=ANNA, pts=200, idempotency_key="cart-7")
    keys = [headers["Idempotency-Key"] for _, headers, _ in scripted.asked]
    assert len(set(keys)) == 3
    assert keys[2] == "cart-7"


def test_what_is_left_out_is_not_sent_and_null_is(scripted: Scripted, client: Client) -> None:
    scripted.answers = [Told(200, {"ok": True, "rejected": []}), Told(200, {"ok": True})]
    line = OrderItem2(
        product=OrderProduct2(id="lp"), quantity=1, amount_full=Money.read("48.00"), amount_spent=Money.read("45.00")
    )
    client.update_orders4(orders=[Order2(id="1001", customer=Customer2(id="anna"), items=[line])])
    client.adjust_customer_state3(
        customer=ANNA, adjustments=[AdjustmentInput3(action="set_tier", subject_slug=None, description="A mistake")]
    )
    first, second = (body for _, _, body in scripted.asked)
    item = {"product": {"id": "lp"}, "quantity": 1, "amount_full": "48.000000", "amount_spent": "45.000000"}
    assert first == {"orders": [{"id": "1001", "customer": {"id": "anna"}, "items": [item]}]}
    assert second["adjustments"] == [{"action": "set_tier", "subject_slug": None, "description": "A mistake"}]


def test_a_refusal_is_told_with_its_reasons_and_not_repeated(
    scripted: Scripted, client: Client, slept: list[float]
) -> None:
    reason = {"code": "not_enough_points", "message": "25 are there.", "figures": {"available": 25}}
    scripted.answers = [Told(422, failure("not_enough_points", reasons=[reason]))]
    with pytest.raises(CallRefused) as refused:
        client.redeem_points1(customer=ANNA, pts=200)
    told = refused.value
    assert (told.id, told.status, told.request_id, told.reasons[0].figures) == (
        "not_enough_points", 422, "r1", {"available": 25},
    )  # fmt: skip
    assert slept == []


def test_faults_of_the_input_are_listed(scripted: Scripted, client: Client) -> None:
    fault = {"path": "pts", "code": "out_of_range", "message": "0 is less than 1.", "right": "1 or more"}
    scripted.answers = [Told(400, failure("invalid_input", errors=[fault]))]
    with pytest.raises(InvalidCall) as failed:
        client.redeem_points1(customer=ANNA, pts=0)
    assert [(one.path, one.right) for one in failed.value.errors] == [("pts", "1 or more")]


def test_a_wait_that_is_too_long_is_a_failure_at_once(scripted: Scripted, client: Client, slept: list[float]) -> None:
    scripted.answers = [Told(429, failure("rate_limit_exceeded"), "3600")]
    with pytest.raises(TooManyCalls):
        client.customer_balance3(customer=ANNA)
    assert slept == []


def test_it_gives_up_after_the_last_repeat(scripted: Scripted, client: Client, slept: list[float]) -> None:
    scripted.answers = [Told(503, failure("unavailable"))] * 5
    with pytest.raises(ServerFailed):
        client.unredeem1(customer=ANNA, change_bhid=Flake(1))
    assert (len(scripted.asked), len(slept)) == (5, 4)


def test_nobody_there(scripted: Scripted, slept: list[float]) -> None:
    scripted.server.shutdown()
    scripted.server.server_close()
    with pytest.raises(Unreachable):
        Client(scripted.url, "vinyl", repeats=1, sleep=slept.append).status2()
    assert len(slept) == 1


def test_an_answer_that_is_not_leals_is_a_failure(scripted: Scripted, client: Client) -> None:
    scripted.answers = [Told(200, b"<html>"), Told(404, b"<html>")]
    for _ in range(2):
        with pytest.raises(CallFailed, match="unexpected_answer"):
            client.status2()


def test_tokens_may_be_made_for_each_call_and_strangers_have_none(scripted: Scripted) -> None:
    scripted.answers = [Told(404, failure("unknown_shop"))] * 3
    tokens = iter(["one", "two"])
    client, stranger = Client(scripted.url, "vinyl", lambda: next(tokens)), Client(scripted.url, "vinyl")
    for caller in (client, client, stranger):
        with pytest.raises(CallFailed):
            caller.status2()
    told = [headers.get("Authorization") for _, headers, _ in scripted.asked]
    assert told == ["Bearer one", "Bearer two", None]


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="such as https://"):
        Client("loyalty.example.com", "vinyl")
