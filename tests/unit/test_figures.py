"""The figures that processes tell together."""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path

import pytest

from leal.api.figures import Figures
from leal.server.scoreboard import VARIABLE, forget


def test_a_file_that_a_process_is_just_making_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    begun = tmp_path / "counter_1.db"
    begun.touch()

    def complete() -> None:
        time.sleep(0.05)
        begun.write_bytes((8).to_bytes(4, "little") + bytes(4))

    writer = threading.Thread(target=complete)
    writer.start()
    assert Figures().text() == b""
    writer.join()


def test_a_file_that_a_process_was_killed_over_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "counter_77.db").touch()
    with pytest.raises(struct.error):
        Figures().text()
    forget(77)
    assert Figures().text() == b""
