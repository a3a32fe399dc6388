"""The program `leal`: every command, and how one that fails ends."""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

import click

from leal import __version__
from leal.cli import (
    content,
    distributing,
    doctor,
    exchange,
    explaining,
    feed,
    keys,
    liability,
    members,
    outbox,
    oversight,
    people,
    programmes,
    rejects,
    shops,
    staff,
    upkeep,
)
from leal.cli.complaints import complain, say
from leal.errors import LealError

OVERVIEW = """\
Leal, the open loyalty engine.

Start here
  leal demo                        an example shop with real orders, served at http://127.0.0.1:8080
  leal serve                       serve the API

A shop of your own
  leal shop create SLUG            then write its programme, and
  leal programme apply FILE        publish it (validate, show and schema help)
  leal token shop SHOP             a token to push orders with
  leal clock advance SHOP +30d     move a sandbox's clock

  leal import orders SHOP FILE     store orders of the past, at their time

Look
  leal balance SHOP CUSTOMER       what a member has
  leal history SHOP CUSTOMER       how it came about
  leal explain SHOP CUSTOMER       why it is so, figure by figure
  leal merge SHOP A B --preview    two customers become one
  leal rejected list SHOP          pushed items that were refused
  leal liability SHOP              what all members have, for the books
  leal content report SHOP         what banners and other blocks brought
  leal verify                      recompute everything from its entries
  leal doctor                      what is wrong with this installation
  leal database-url --owner        where psql can look

leal --help lists every command, leal COMMAND --help tells all about one.
"""

INTERRUPTED = 130


class _InOrder(click.Group):
    """Commands are listed as they are added: in the order in which people need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="leal", message="%(prog)s %(version)s")
@click.pass_context
def leal(context: click.Context) -> None:
    """Leal, the open loyalty engine."""
    if context.invoked_subcommand is None:
        click.echo(OVERVIEW, nl=False)


for command in (
    upkeep.demo, upkeep.serve, shops.shop, shops.clock, programmes.programme, keys.token, keys.key, members.balance,
    members.history, staff.tier, staff.mark, people.merge, people.erase, exchange.import_file, exchange.export_file,
    explaining.explain, liability.liability, feed.feed, content.content,
    rejects.rejected, outbox.outbox, oversight.approval, oversight.audit, upkeep.keep_up, upkeep.verify, doctor.doctor,
    upkeep.migrate, distributing.distribute,
    upkeep.database_url,
):  # fmt: skip
    leal.add_command(command)


def main() -> NoReturn:
    """Run the command line; exit code 1 for what is refused or fails, 2 for a command line that is wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter still gets the rest
    sys.exit(_run())


def _run() -> int:
    try:
        code = leal.main(prog_name="leal", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except LealError as error:
        complain(error)
        return 1
    except (KeyboardInterrupt, click.Abort):
        say("leal: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0
