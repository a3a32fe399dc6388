"""Links: where clicks may lead, and the URLs that count them on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from leal.content.asking import PREFIX, VERSION
from leal.content.panel import Panel
from leal.rules.programme.content import Content

URL_LENGTH_MAX: Final = 4000
FORWARDED: Final = "utm_"
"""Parameters of a click that go along to where it leads begin so."""

_PLAIN: Final = re.compile(r"https://[!-~]+")
_SPOILT: Final = re.compile(r"[\\\"'<>^`{|}]")
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
"""A host; readers disagree about all other signs: some take what stands before them as another host."""
_BEYOND: Final = re.compile(r"[^\x00-\x7f]+")


class Targets(msgspec.Struct, frozen=True):
    """Where a shop's clicks may lead."""

    hosts: frozenset[str] = frozenset()
    home: str | None = None
    """Where those lead that name nothing else."""

    def allow(self, url: str) -> bool:
        """Whether a click may lead there: by https, to one of the hosts, on its own port, as nobody in particular."""
        if len(url) > URL_LENGTH_MAX or not _PLAIN.fullmatch(url) or _SPOILT.search(url):
            return False
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        if host is None or not _NAME.fullmatch(host) or port not in (None, 443) or "@" in parts.netloc:
            return False
        above = (host.split(".", place)[-1] for place in range(1, host.count(".") + 1))
        return host in self.hosts or any(f"*.{domain}" in self.hosts for domain in above)


def targets_of(content: Content) -> Targets:
    """Where the programme's blocks lead, and what it allows beside that."""
    links = content.links
    named = [links.shop, links.join, links.rewards, links.product, *(offer.url for offer in content.offers)]
    hosts = frozenset({*(_host(url) for url in named if url), *links.hosts} - {""})
    homes = (plain(url) for url in (links.shop, links.rewards, links.join) if url)
    return Targets(hosts, next((url for url in homes if _NAME.fullmatch(_host(url))), None))


def plain(url: str) -> str:
    """The URL with letters beyond ASCII as browsers send them in paths; in a host they make it one that is not allowed,
    for without them it would be somebody else's."""
    return _BEYOND.sub(lambda beyond: quote(beyond[0], errors="replace"), url)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def click_url(base_url: str, shop: str, block: str, token: str, to: str | None = None) -> str:
    """The URL of a click, on the way to `to`, or to where the block's button leads."""
    leading = f"&to={_quoted(to)}" if to else ""
    return f"{base_url}{PREFIX}{VERSION}/{shop}/{block}/click?t={token}{leading}"


@lru_cache(maxsize=1024)
def _quoted(url: str) -> str:
    return quote(url, safe="")


def picture_url(base_url: str, shop: str, block: str, form: str, token: str) -> str:
    """The URL of a block as a picture."""
    return f"{base_url}{PREFIX}{VERSION}/{shop}/{block}.{form}?t={token}"


def counted(panel: Panel, click: Callable[[str], str]) -> Panel:
    """The panel with all its links made such that clicks on them are counted."""
    replace = msgspec.structs.replace
    button, offer = panel.button, panel.offer
    return replace(
        panel,
        button=replace(button, url=click(button.url)) if button and button.url else button,
        offer=replace(offer, url=click(offer.url)) if offer and offer.url else offer,
        products=tuple(replace(one, url=click(one.url)) if one.url else one for one in panel.products),
    )


def forwarding(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with the click's campaign parameters, where it has none of those names itself."""
    parts = urlsplit(url)
    own = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    along = {name: value for name, value in parameters.items() if name.startswith(FORWARDED) and name not in own}
    query = "&".join(part for part in (parts.query, urlencode(along)) if part)
    return urlunsplit(parts._replace(query=query))
