"""Asking: what the URL of a block says, however mailing tools write it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from leal.content.asking import PARAMETERS_MAX, read_asked


def parameters(query: str) -> dict[str, Any]:
    """What is read of a query."""
    asked = read_asked({"path": "/content/v1/shop/lifecycle-banner.png", "query_string": query.encode()})
    assert asked is not None
    return dict(asked.parameters)


@pytest.mark.parametrize(
    "query",
    [
        "", "t", "t=", "=t", "t=abc", "t=abc=", "t=a&scale=2&send=july", "scale=2&&t=a&", "l=fr&t=a;b",
        "t=a%20b&send=july+2", "t=%C3%A4", "%74=a&t=b", "dark=1&t=a%",
    ],
)  # fmt: skip
def test_a_query_is_read_as_forms_write_it(query: str) -> None:
    assert parameters(query) == dict(reversed(parse_qsl(query)))


@pytest.mark.parametrize("more", ["", "&x=%20"])
def test_of_what_is_given_twice_the_first_counts_and_too_much_is_nothing(more: str) -> None:
    assert parameters(f"t=a&t=b{more}")["t"] == "a"
    many = "&".join(f"p{number}=1" for number in range(PARAMETERS_MAX - 2))
    assert parameters(f"t=a&{many}{more}")["t"] == "a"
    assert parameters(f"t=a&{many}&q=1&r=1{more}") == {}


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/content/v1/shop/lifecycle-banner.json", "content lifecycle-banner json"),
        ("/content/v1/shop/lifecycle-banner/click", "content lifecycle-banner click"),
        ("/content/v1/shop/sidebar.gif", "content unknown gif"),
        ("/content/v1/shop/lifecycle-banner.exe", None),
        ("/content/v2/shop/lifecycle-banner.png", None),
    ],
)
def test_a_path_names_shop_block_and_form(path: str, function: str | None) -> None:
    asked = read_asked({"path": path})
    assert (asked and asked.function) == function
