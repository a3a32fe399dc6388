"""Programmes: the published versions of each shop, compiled once and shared by content (S10.1, S10.3)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from leal.rules.programme.reading import read_programme
from leal.rules.programme.terms import Terms, Version, Versions, compile_terms
from leal.store.db import Conn
from leal.store.queries import sql

COMPILED_KEPT = 256
"""Compiled terms kept by content; a shop's versions repeat content far more often than that many differ."""


class Programmes:
    """The versions of every shop that was asked for."""

    def __init__(self) -> None:
        self._versions: dict[int, Versions] = {}
        self._compiled: OrderedDict[bytes, Terms] = OrderedDict()

    def known(self, shop: int, newest: int) -> Versions | None:
        """All versions of a shop, where none is newer than those that were read."""
        known = self._versions.get(shop)
        return known if known is not None and known.newest >= newest else None

    async def upto(self, conn: Conn, shop: int, newest: int) -> Versions:
        """All versions of a shop, read again only when a newer one than known was published."""
        if (current := self.known(shop, newest)) is not None:
            return current
        known = self._versions.get(shop)
        rows = await conn.fetch(sql.all_versions, shop, 0 if known is None else known.newest)
        fresh = []
        for row in rows:
            terms = self._compiled.get(row["content_hash"])
            if terms is None:
                terms = await asyncio.to_thread(_compile, row["document"])
            fresh.append(Version(row["version"], row["effective_at"], self._keep(row["content_hash"], terms)))
        latest = self._versions.get(shop)  # another task may have been quicker
        if latest is None or latest.newest < newest:
            latest = Versions((known.all if known is not None else []) + fresh)
            self._versions[shop] = latest
        return latest

    def _keep(self, content_hash: bytes, terms: Terms) -> Terms:
        kept = self._compiled.setdefault(content_hash, terms)
        self._compiled.move_to_end(content_hash)
        while len(self._compiled) > COMPILED_KEPT:
            self._compiled.popitem(last=False)
        return kept


def _compile(document: str) -> Terms:
    return compile_terms(read_programme(document))
