"""What is handed out: locked dependencies, a wheel with every file, and no address of a registry."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.structure.source import NOT_OURS, ROOT, files

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[0-9][\w.!+-]*)(?: ; .+?)?(?P<hashes>(?: +--hash=\S+)+) *"
)
# Written in halves, so that this file does not hold what it looks for.
REGISTRIES = [
    "".join(halves).encode()
    for halves in (
        ("pypi", ".org"), ("python", "hosted.org"), ("npm", "js."), ("deb.", "debian"), ("archive.", "ubuntu"),
        ("security.", "debian"), ("ruby", "gems.org"), ("proxy.", "golang"), ("yarn", "pkg"), ("crates", ".io"),
    )
]  # fmt: skip


def pins(lock: str) -> dict[str, str]:
    """{package: version} of a lock; every requirement must be pinned by version and by hash."""
    found = {}
    for line in (ROOT / lock).read_text().replace("\\\n", " ").splitlines():
        pin = PIN.fullmatch(line)
        assert pin, f"{lock}: {line[:80]!r} is not name==version with hashes"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", text) for text in pin["hashes"].split()), pin["name"]
        found[pin["name"]] = pin["version"]
    return found


def asked(*requirements: str) -> set[str]:
    """The package names of requirement lines, as a lock spells them."""
    return {re.split(r"[<>=!~\[ ;]", text)[0].lower().replace("_", "-").replace(".", "-") for text in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked_with_hashes(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = asked(*project["project"]["dependencies"], *project["build-system"]["requires"])
    if lock == LOCKS[1]:
        wanted |= asked(*project["dependency-groups"]["dev"])
    assert wanted <= set(pins(lock))


def test_the_two_locks_agree() -> None:
    assert pins(LOCKS[0]).items() <= pins(LOCKS[1]).items()


def test_no_file_holds_the_address_of_a_registry() -> None:
    found = [(path, needle) for path in files() for needle in REGISTRIES if needle in path.read_bytes().lower()]
    assert found == []


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    build = "import sys, flit_core.buildapi as b; print(b.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("leal-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("leal/")}
    source = ROOT / "src"
    ours = {
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and NOT_OURS.isdisjoint(path.parts) and path.suffix != ".pyc"
    }
    assert packed == ours
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())
