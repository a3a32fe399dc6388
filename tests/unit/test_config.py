"""Settings: read from environment, file and secret files; every fault at once; nothing unknown passes unnoticed."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import msgspec
import pytest

from leal.config import SETTINGS, Settings
from leal.errors import InvalidInput, Unavailable

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))


def faults(environ: dict[str, str]) -> dict[str, str]:
    """Path and code of each fault."""
    with pytest.raises(InvalidInput) as refused:
        Settings.load(environ)
    return {problem.path: problem.code for problem in refused.value.problems}


def test_nothing_has_to_be_set() -> None:
    settings = Settings.load({})
    assert settings == Settings()
    assert (settings.port, settings.home, settings.database_url) == (8080, Path(".leal"), None)
    assert settings.migration_url is None


def test_each_setting_is_read() -> None:
    settings = Settings.load(
        {
            "LEAL_DATABASE_URL": "postgresql://a@b/c",
            "LEAL_OWNER_DATABASE_URL": "postgres://o@b/c",
            "LEAL_HOME": "/srv/leal",
            "LEAL_HOST": "0.0.0.0",
            "LEAL_PORT": "9000",
            "LEAL_SECRET_KEY": base64.urlsafe_b64encode(KEY).decode().rstrip("="),
            "LEAL_DATABASE_CONNECTIONS": "3",
            "LEAL_STATEMENT_TIMEOUT_MS": "1000",
            "LEAL_LOCK_TIMEOUT_MS": "500",
            "LEAL_LOG_LEVEL": "Debug",
        }
    )
    assert settings == Settings(
        database_url="postgresql://a@b/c",
        owner_database_url="postgres://o@b/c",
        home=Path("/srv/leal"),
        host="0.0.0.0",
        port=9000,
        secret_key=KEY,
        database_connections=3,
        statement_timeout_ms=1000,
        lock_timeout_ms=500,
        log_level="debug",
    )
    assert settings.migration_url == "postgres://o@b/c"
    assert settings.key() == KEY


def test_every_fault_is_told_at_once_and_no_secret_is() -> None:
    environ = {
        "LEAL_DATABASE_URL": "mysql://user:hunter2@host/x",
        "LEAL_PORT": "eighty",
        "LEAL_HOST": "a\nb",
        "LEAL_SECRET_KEY": "aHVudGVyMg==",
        "LEAL_LOG_LEVEL": "loud",
        "LEAL_DATABASE_CONNECTIONS": "0",
    }
    with pytest.raises(InvalidInput) as refused:
        Settings.load(environ)
    assert {problem.path for problem in refused.value.problems} == set(environ)
    assert all(problem.right and problem.message.startswith(problem.path) for problem in refused.value.problems)
    assert not any("hunter2" in str(problem) for problem in refused.value.problems)
    assert "aHVudGVyMg" not in str(refused.value.problems)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(base64.b64encode(KEY).decode() + "\n")
    (tmp_path / "url").write_text("postgresql://a@b/c\n")
    settings = Settings.load(
        {"LEAL_SECRET_KEY_FILE": str(tmp_path / "key"), "LEAL_DATABASE_URL_FILE": str(tmp_path / "url")}
    )
    assert (settings.secret_key, settings.database_url) == (KEY, "postgresql://a@b/c")


def test_a_secret_given_twice_or_in_no_file_is_refused(tmp_path: Path) -> None:
    environ = {
        "LEAL_SECRET_KEY": base64.b64encode(KEY).decode(),
        "LEAL_SECRET_KEY_FILE": str(tmp_path / "key"),
        "LEAL_DATABASE_URL_FILE": str(tmp_path / "none"),
    }
    assert faults(environ) == {"LEAL_SECRET_KEY": "set_twice", "LEAL_DATABASE_URL_FILE": "unreadable_file"}


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "leal.toml"
    config.write_text('port = 9000\nlog_level = "error"\n')
    settings = Settings.load({"LEAL_CONFIG": str(config), "LEAL_PORT": "9001"})
    assert (settings.port, settings.log_level) == (9001, "error")


def test_faults_of_the_file_are_told_with_all_others(tmp_path: Path) -> None:
    config = tmp_path / "leal.toml"
    config.write_text('prot = 9000\nhost = 1.5\nlog_level = "loud"\n')
    assert faults({"LEAL_CONFIG": str(config), "LEAL_PORT": "x"}) == {
        "LEAL_CONFIG.prot": "unknown_setting",
        "LEAL_CONFIG.host": "wrong_type",
        "LEAL_LOG_LEVEL": "invalid_setting",
        "LEAL_PORT": "invalid_setting",
    }
    config.write_text("port: 9000")
    assert faults({"LEAL_CONFIG": str(config)}) == {"LEAL_CONFIG": "not_toml"}
    assert faults({"LEAL_CONFIG": str(tmp_path / "none")}) == {"LEAL_CONFIG": "unreadable_file"}


def test_unknown_names_are_warned_of_with_the_nearest() -> None:
    settings = Settings.load({"LEAL_PROT": "9000", "LEAL_XYZZY": "1", "PATH": "/bin"})
    assert settings.warnings == (
        "LEAL_PROT is set but is no setting; did you mean LEAL_PORT?",
        "LEAL_XYZZY is set but is no setting.",
    )


def test_the_grace_of_the_embedded_server_is_no_surprise() -> None:
    assert Settings.load({"LEAL_SERVER_GRACE_SECONDS": "0.5"}).warnings == ()
    for wrong in ("abc", "0", "-1", "nan", "1e9"):
        assert faults({"LEAL_SERVER_GRACE_SECONDS": wrong}) == {"LEAL_SERVER_GRACE_SECONDS": "invalid_setting"}


@pytest.mark.parametrize("text", ["https://leal.example.com", "http://localhost:8080/club"])
def test_a_public_url(text: str) -> None:
    assert Settings.load({"LEAL_PUBLIC_URL": f"{text}/"}).public_url == text


def test_what_is_neither_a_public_url_nor_a_proxy_is_refused() -> None:
    for wrong in ("leal.example.com", "ftp://a/b", "https://", "https://user@a", "https://a/?b"):
        assert faults({"LEAL_PUBLIC_URL": wrong}) == {"LEAL_PUBLIC_URL": "invalid_setting"}
    assert Settings.load({"LEAL_TRUSTED_PROXIES": "10.0.0.5, 192.168.0.0/16 ::1"}).trusted_proxies == (
        "10.0.0.5",
        "192.168.0.0/16",
        "::1",
    )
    for wrong in ("*", "proxy.local", "10.0.0.1/8", "300.0.0.1"):
        assert faults({"LEAL_TRUSTED_PROXIES": wrong}) == {"LEAL_TRUSTED_PROXIES": "invalid_setting"}


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings.load({"LEAL_HOME": str(tmp_path / "home")})
    keys: set[bytes] = set()
    threads = [threading.Thread(target=lambda: keys.add(settings.key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret.key"]
    assert (tmp_path / "home" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_spoilt_key_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("spoilt")
    with pytest.raises(Unavailable, match=r"secret\.key") as refused:
        Settings.load({"LEAL_HOME": str(tmp_path)}).key()
    assert "LEAL_SECRET_KEY" in refused.value.remedy
    assert (tmp_path / "secret.key").read_text() == "spoilt"


def test_every_field_has_its_row_with_its_default() -> None:
    fields = {field.name for field in msgspec.structs.fields(Settings)} - {"warnings"}
    assert {setting.field for setting in SETTINGS} == fields
    shown = {setting.field: setting.default for setting in SETTINGS}
    for field in ("host", "port", "database_connections", "statement_timeout_ms", "lock_timeout_ms", "log_level"):
        assert shown[field] == str(getattr(Settings(), field))


def test_every_setting_is_documented() -> None:
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    for setting in SETTINGS:
        note = " ¹" if setting.secret else ""
        row = f"| `{setting.name}`{note} | {setting.type} | {setting.default} | {setting.description} |"
        assert row in lines
    assert sum(line.startswith("| `LEAL_") for line in lines) == len(SETTINGS)
