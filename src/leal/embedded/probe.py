"""One knock at the server's socket, which tells whether the program's role is let in."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
DATABASE = "leal"

_PARAMETERS = b"user\0leal_app\0database\0" + DATABASE.encode() + b"\0\0"
_STARTUP = struct.pack("!ii", 8 + len(_PARAMETERS), 196608) + _PARAMETERS  # protocol 3.0
_TERMINATE = b"X\0\0\0\4"

ACCEPTING = "accepting"
NOT_THERE = "not_there"


def knock(socket_dir: Path, timeout_seconds: float = 5.0) -> str:
    """`accepting`, `not_there` (nobody listens), or the five-character code by which the server refuses."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout_seconds)
        try:
            line.connect(str(socket_dir / SOCKET_NAME))
            line.sendall(_STARTUP)
            answer = line.recv(8192)
            if answer[:1] == b"R":
                line.sendall(_TERMINATE)
                return ACCEPTING
        except OSError:
            return NOT_THERE
    if answer[:1] != b"E":
        return NOT_THERE
    fields = {field[:1]: field[1:] for field in answer[5:].split(b"\0") if field}
    code = fields.get(b"C", b"").decode("utf-8", "replace")
    return ACCEPTING if code == "53300" else code  # too many connections: it is there all the same
