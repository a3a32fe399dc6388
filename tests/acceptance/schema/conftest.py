"""What the tests of the API's description start from: the application on a database of their own, and its own word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest
import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.acceptance.schema.ground import SLUG, Ground
from tests.databases import DatabaseUrls, create_database, drop_database

REFUSED: Final = ["400", "401", "403", "404", "413", "415", "422", "431"]
CONFIG: Final = {
    "parameters": {"path.shop": SLUG},
    "seed": 1,
    # Tokens come from the ground: of each kind, and none.
    "generation": {"with-security-parameters": False},
    # What the state or the programme's rules stand against is 422. Of 400, `rules.py` tells what no schema can say.
    "checks": {
        "negative_data_rejection": {"expected-statuses": REFUSED},
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "408", "413", "422", "429"]
        },
    },
}


@pytest.fixture(scope="module")
def ground(server_urls: DatabaseUrls, template_database: str) -> Iterator[Ground]:
    """The application and its shop."""
    name = asyncio.run(create_database(server_urls.admin, template_database))
    opened = Ground(server_urls.named(name).app)
    yield opened
    opened.close()
    asyncio.run(drop_database(server_urls.admin, name))


@pytest.fixture(scope="module")
def schema(ground: Ground) -> OpenApiSchema:
    """The API as it describes itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", ground, config=schemathesis.Config.from_dict(dict(CONFIG)))
