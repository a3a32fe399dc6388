"""What holds for every tier: no generated test is judged by the clock; skipped tests are counted aloud, and fail the
run where everything is required."""

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings

from tests.requires import count_missing, everything_required

pytest_plugins = ["tests.databases", "tests.homes"]

# What a test finds does not hang on how busy the machine is.
settings.register_profile("leal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("leal")


def skip_reasons(reporter: TerminalReporter) -> list[str]:
    """Why tests were skipped, one text a test."""
    reports = reporter.stats.get("skipped", [])
    return [report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in reports]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under LEAL_REQUIRE_ALL a skipped test fails an otherwise good run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and everything_required() and skip_reasons(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """One counted line for what this machine could not test."""
    reasons = skip_reasons(terminalreporter)
    missing = count_missing(reasons)
    if missing:
        programs = ", ".join(f"{name} ({count})" for name, count in sorted(missing.items()))
        terminalreporter.write_line(f"{missing.total()} skipped because a program is missing: {programs}", yellow=True)
    if reasons and everything_required():
        terminalreporter.write_line(f"LEAL_REQUIRE_ALL is set: {len(reasons)} skipped, so the run fails", red=True)
