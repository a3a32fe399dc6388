"""The embedded PostgreSQL server: one per LEAL_HOME, running while any process holds it."""

from leal.embedded.errors import EmbeddedServerError
from leal.embedded.server import EmbeddedServer, ServerStatus, hold, status

__all__ = ["EmbeddedServer", "EmbeddedServerError", "ServerStatus", "hold", "status"]
