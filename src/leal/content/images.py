"""Images of products and the logo, for pictures: fetched behind the answers, made small, kept for a day.

No picture waits for an image: what is not here yet is drawn without, and asked for, so that a later picture has it.
What is fetched is https, from public addresses, of a few megabytes at most, and drawn anew before it is kept: of what
came nothing is handed on as it was.
"""

from __future__ import annotations

import asyncio
import io
import time
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from PIL import Image, ImageOps

from leal.hooks.sending import Unanswered, get, read_target

FETCHED_BYTES_MAX: Final = 4 * 1024 * 1024
FETCH_SECONDS: Final = 5.0
AT_ONCE: Final = 4
WAITING_MAX: Final = 200
"""Images that are asked for and not here; more are asked for again by later pictures."""
KEPT_BYTES_MAX: Final = 32 * 1024 * 1024
FRESH_SECONDS: Final = 86_400.0
"""How long an image is kept before it is fetched again."""
MISSING_SECONDS: Final = 900.0
"""How long one that could not be had is not asked for again."""
PIXELS_MAX: Final = 24_000_000
PASSES_MAX: Final = 40
"""Scans of a JPEG, which are drawn one over the other and may be a few bytes each; real ones have some ten."""
SIDE: Final = 400
"""The longer side that an image is made."""
_SCAN: Final = b"\xff\xda"
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")

Fetch = Callable[[str], Awaitable[bytes]]


class Images:
    """The images of one process."""

    def __init__(self, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that only go forward."""
        self._fetch = fetch or fetched
        self._clock = clock
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """By address: the image, empty where it cannot be had, and until when that holds."""
        self._bytes = 0
        self._coming: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def of(self, addresses: Iterable[str]) -> dict[str, str]:
        """Those that are here, by address, as `data:` URIs; the others are asked for."""
        found = {}
        for address in addresses:
            image, until = self._kept.get(address, ("", 0.0))
            if image:
                found[address] = image
                self._kept.move_to_end(address)
            if until <= self._clock() and address not in self._coming and len(self._coming) < WAITING_MAX:
                self._coming[address] = asyncio.get_running_loop().create_task(self._bring(address))
        return found

    async def close(self) -> None:
        """Fetch no more."""
        coming = list(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until all that was asked for is here, or cannot be had."""
        await asyncio.gather(*self._coming.values(), return_exceptions=True)

    async def _bring(self, address: str) -> None:
        image = ""
        try:
            async with self._slots:
                image = await asyncio.to_thread(made_small, await self._fetch(address))
        except Exception:  # decoders raise anything; what is not noted would be asked for again at once
            image = self._kept.get(address, ("", 0.0))[0]  # an old one is better than none
        finally:
            self._coming.pop(address, None)
        self._keep(address, image)

    def _keep(self, address: str, image: str) -> None:
        self._bytes += len(image) - len(self._kept.pop(address, ("", 0.0))[0])
        self._kept[address] = (image, self._clock() + (FRESH_SECONDS if image else MISSING_SECONDS))
        while self._bytes > KEPT_BYTES_MAX or len(self._kept) > 20_000:
            self._bytes -= len(self._kept.popitem(last=False)[1][0])


class BadImage(ValueError):
    """What came is no image that can be drawn."""


async def fetched(address: str) -> bytes:
    """What is at an address. Raises Unanswered, BadTarget."""
    target = read_target(address, allow_private=False)
    answer = await get(target, allow_private=False, within_seconds=FETCH_SECONDS, bytes_max=FETCHED_BYTES_MAX)
    if answer.status != 200:
        raise Unanswered(f"it answered {answer.status}")
    return answer.body


def made_small(body: bytes) -> str:
    """An image drawn anew, its longer side 400 pixels at most, as a `data:` URI. Raises BadImage."""
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as image:
            if image.format in ("JPEG", "MPO") and body.count(_SCAN) > PASSES_MAX:
                raise BadImage("it is drawn too many times over")
            if image.width * image.height > PIXELS_MAX:
                raise BadImage("it has too many pixels")
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise BadImage(type(fault).__name__) from None
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    if upright.getchannel("A").getextrema() == (255, 255):
        upright.convert("RGB").save(kept, "JPEG", quality=86)
        return "data:image/jpeg;base64," + b64encode(kept.getvalue()).decode()
    upright.save(kept, "PNG")
    return "data:image/png;base64," + b64encode(kept.getvalue()).decode()
