"""A server of somebody else's, as a process of its own: it takes what is pushed, or behaves as badly as it is told.

`POST /behave` with a list of words says how the next calls are answered, one word each; then all is well again.
`GET /taken` answers every call that came, with its headers and body, as JSON.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAN: list[str] = []
TAKEN: list[dict[str, Any]] = []


class Receiver(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What came so far."""
        self._answer(200, json.dumps(TAKEN).encode())

    def do_POST(self) -> None:
        """Take what comes, in the way that is planned."""
        if self.path == "/behave":
            PLAN[:] = json.loads(self._body())
            self._answer(200)
            return
        word = PLAN.pop(0) if PLAN else "200"
        if word == "reset":  # before anything is read
            self.connection.close()
            return
        body = self._body()
        TAKEN.append(
            {
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": base64.b64encode(body).decode(),
                "answered": word,
            }
        )
        status, _, more = word.partition(" ")
        match status:
            case "hang":
                time.sleep(float(more))
                self.close_connection = True
            case "half":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
                self.close_connection = True
            case "head":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-le")
                self.close_connection = True
            case "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
                for _ in range(100):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.1)
            case "noise":
                self.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n")
                self.close_connection = True
            case "flood":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"." * 1_000_000)
                self.close_connection = True
            case "early":
                self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            case "unended":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\nfine")
                self.close_connection = True
            case _:
                headers = {"retry-after": more} if status in ("429", "503") else {"location": more} if more else {}
                self._answer(int(status), b"{}", headers)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  as the base names it
        """Say nothing."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["content-length"]))

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_port, flush=True)
    sys.stdin.close()
    server.serve_forever()
