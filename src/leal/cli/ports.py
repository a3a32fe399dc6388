"""The port that is served on: whether it is free is asked before any work is done."""

from __future__ import annotations

import errno
import socket

from leal.errors import Unavailable


class PortTaken(Unavailable):
    """Another program listens on the port."""

    id = "port_taken"
    sentence = "Another program listens on the port."


def require_port(host: str, port: int) -> None:
    """Raises PortTaken, or Unavailable when the address is none of this machine's or the port is not for this user."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            remedy = f"End that program, or choose another port, e.g. LEAL_PORT={port + 1 if port < 65_535 else 8080}."
            raise PortTaken(f"Another program listens on {host}:{port}.", remedy) from fault
        remedy = "Choose others with LEAL_HOST and LEAL_PORT."
        raise Unavailable(f"Nothing can listen on {host}:{port}: {fault.strerror}.", remedy) from fault
