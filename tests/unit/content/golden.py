"""What every state of every block says, as JSON: `python -m tests.unit.content.golden` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from leal.content.wording import panel_of, voice_for
from leal.rules.content.chosen import BLOCKS
from leal.rules.content.samples import samples
from tests.unit.content.people import NOW, TERMS

FOLDER = Path(__file__).parent / "golden"


def told(block: str, language: str) -> list[dict[str, Any]]:
    """A block's states: what was chosen, and the panel in the language."""
    speak = voice_for(TERMS, language)
    return [
        {"customer": name, "chosen": chosen, "panel": panel_of(chosen, TERMS, speak, NOW)}
        for name, chosen in samples(TERMS, NOW)
        if chosen.block == block
    ]


def written(block: str, language: str) -> str:
    """The same as a text."""
    return msgspec.json.format(msgspec.json.encode(told(block, language)), indent=2).decode() + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for block in BLOCKS:
        (FOLDER / f"{block}.json").write_text(written(block, "en"), "utf-8")


if __name__ == "__main__":
    main()
