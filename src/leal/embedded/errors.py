"""What can keep the embedded server from serving: one class each, with its remedy."""

from __future__ import annotations

from leal.errors import Unavailable

ELSEWHERE = "or point LEAL_DATABASE_URL at a PostgreSQL server of your own"


class EmbeddedServerError(Unavailable):
    """The embedded server cannot be used; `remedy` says what helps."""

    id = "embedded_server"
    sentence = "The embedded PostgreSQL server cannot be used."


class HomeNotUsable(EmbeddedServerError):
    """LEAL_HOME cannot be created, read or written by this user."""

    id = "embedded_home_not_usable"
    sentence = "LEAL_HOME cannot be used by this user."


class DataOutOfReach(EmbeddedServerError):
    """The home's data is gone, or lies where the server's user can no longer go."""

    id = "embedded_data_out_of_reach"
    sentence = "The data of this LEAL_HOME is out of reach."


class BinariesMissing(EmbeddedServerError):
    """The PostgreSQL binaries are not installed, or do not run on this machine."""

    id = "embedded_binaries_missing"
    sentence = "The PostgreSQL binaries are missing or do not run here."


class NoUnprivilegedUser(EmbeddedServerError):
    """PostgreSQL refuses to run as root or as a user without a name, and no other can be taken on."""

    id = "embedded_no_unprivileged_user"
    sentence = "PostgreSQL refuses to run as this user, and no other can be taken on."


class DataOfOtherVersion(EmbeddedServerError):
    """The data directory was made by another major version of PostgreSQL."""

    id = "embedded_data_of_other_version"
    sentence = "The data was made by another major version of PostgreSQL."


class ServerDidNotStart(EmbeddedServerError):
    """PostgreSQL, or the process that watches it, gave up while starting."""

    id = "embedded_server_did_not_start"
    sentence = "The embedded PostgreSQL server did not start."


BY_ID: dict[str, type[EmbeddedServerError]] = {
    kind.id: kind
    for kind in (
        EmbeddedServerError,
        HomeNotUsable,
        DataOutOfReach,
        BinariesMissing,
        NoUnprivilegedUser,
        DataOfOtherVersion,
        ServerDidNotStart,
    )
}
"""How the supervisor's failure, written down by id, becomes an error in the command that waits for it."""
