"""Running one command: settings in, an installation opened when one is needed, an exit code out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from leal.cli.complaints import say
from leal.config import Settings

if TYPE_CHECKING:
    from leal.engine.commands import Shop
    from leal.engine.engine import Engine
    from leal.installation import Installation

T = TypeVar("T")


def load_settings() -> Settings:
    """The settings of this process; what looks like a setting but is none is said aloud."""
    settings = Settings.load(os.environ)
    for warning in settings.warnings:
        say(f"leal: {warning}")
    return settings


def with_installation(work: Callable[[Installation], Awaitable[T]]) -> T:
    """Open the installation, do the work with it, close it. Raises what either of them raises."""
    settings = load_settings()
    from leal.installation import installation  # after the settings: a fault in those is told at once

    async def run() -> T:
        async with installation(settings, say=say) as opened:
            return await work(opened)

    return asyncio.run(run())


def with_shop(slug: str, work: Callable[[Engine, Shop], Awaitable[T]]) -> T:
    """Open the installation, do the work with one shop of it, close it. Raises what any of them raises."""

    async def in_shop(opened: Installation) -> T:
        return await work(opened.engine, await opened.engine.shop(slug))

    return with_installation(in_shop)


def operator() -> str:
    """Who works at this terminal, as the audit and the list of versions name them."""
    import getpass

    try:
        return f"operator {os.environ.get('SUDO_USER') or getpass.getuser()}"
    except (OSError, KeyError):
        return "operator"
