"""Documents on stdout: JSON as the API writes it, indented."""

from __future__ import annotations

import click
import msgspec

from leal.scalars import encode_scalar


def print_json(document: object) -> None:
    """Print a wire document."""
    click.echo(msgspec.json.format(msgspec.json.encode(document, enc_hook=encode_scalar), indent=2).decode())
