"""What acceptance tests start from: the program on a database of their own."""

from pathlib import Path

import pytest

from tests.acceptance.program import Program
from tests.databases import DatabaseUrls


@pytest.fixture
def leal(database_urls: DatabaseUrls, tmp_path: Path) -> Program:
    """The program on a new, migrated database."""
    return Program(
        {
            "LEAL_DATABASE_URL": database_urls.app,
            "LEAL_OWNER_DATABASE_URL": database_urls.owner,
            "LEAL_HOME": str(tmp_path / "home"),
        },
        tmp_path,
    )
