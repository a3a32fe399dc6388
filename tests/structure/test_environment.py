"""The first minute on a fresh machine: what stands in the way is said in one line that names the remedy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.source import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with no .venv, in a folder whose name has a blank."""
    folder = tmp_path / "my checkout"
    (folder / ".ci").mkdir(parents=True)
    for name in (".ci/environment", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def interpreter(folder: Path, name: str, refuses: str) -> Path:
    """A Python of the running version that fails when its arguments hold the given text."""
    path = folder / name
    path.write_text(f'#!/bin/sh\ncase "$*" in *"{refuses}"*) exit 1 ;; esac\nexec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


def environment(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `.ci/environment` for the runtime lock."""
    variables = {"PATH": os.environ["PATH"], **variables}
    command = ["/bin/sh", ".ci/environment", "requirements.lock"]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_an_old_python_is_told_in_one_line(checkout: Path) -> None:
    run = environment(checkout, PYTHON=str(interpreter(checkout, "old", refuses="version_info")))
    assert run.returncode != 0
    assert run.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in run.stderr


@pytest.mark.parametrize(("name", "package"), [("python3", "python3-venv"), ("python3.12", "python3.12-venv")])
@pytest.mark.parametrize("refuses", ["import ensurepip", "-m venv"])
def test_a_missing_venv_module_is_told_in_one_line(checkout: Path, name: str, package: str, refuses: str) -> None:
    run = environment(checkout, PYTHON=str(interpreter(checkout, name, refuses)))
    assert run.returncode != 0
    assert run.stderr.count("\n") == 1
    assert f"apt-get install {package}'" in run.stderr


def test_no_python_at_all_is_told_in_one_line(checkout: Path) -> None:
    programs = checkout / "bin"
    programs.mkdir()
    for name in ("cat", "cksum", "dirname", "find", "grep", "mkdir", "readlink", "rm", "touch"):
        (programs / name).symlink_to(shutil.which(name) or name)
    run = environment(checkout, PATH=str(programs))
    assert run.returncode != 0
    assert run.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in run.stderr


def test_the_newest_python_is_taken_where_python3_is_too_old(checkout: Path) -> None:
    programs = checkout / "bin"
    programs.mkdir()
    interpreter(programs, "python3", refuses="version_info")
    interpreter(programs, "python3.11", refuses="-m venv")
    for name in ("python3.12", "python3.13", "python3.14"):
        interpreter(programs, name, refuses="version_info")
    run = environment(checkout, PATH=f"{programs}:{os.environ['PATH']}")
    assert "python3.11 cannot make a virtual environment" in run.stderr
