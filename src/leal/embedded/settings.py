"""The settings the embedded server runs with, each with its reason; written anew at every start."""

from __future__ import annotations

import os
from pathlib import Path

SETTINGS_FILE = "leal.conf"

_TEXT = """\
# Written by Leal at every start: changes are lost. Your own settings belong at the end of postgresql.conf.

# Reached through a socket in a folder of the server's user alone, never through the network.
listen_addresses = ''
port = 5432
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 100

# What was acknowledged stays.
fsync = on
synchronous_commit = on
full_page_writes = on

# Checkpoints are rare and spread, for sustained writing.
max_wal_size = '8GB'
checkpoint_timeout = '15min'
checkpoint_completion_target = 0.9
wal_compression = on

# Pages are touched only when used: an idle server stays small.
shared_buffers = '{shared_buffers_mb}MB'
effective_cache_size = '{cache_mb}MB'
random_page_cost = 1.1
# What statements cost, without their constants: view pg_stat_statements in the database postgres.
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track_utility = off
# Statements are short; compiling them costs more than it saves.
jit = off

timezone = 'UTC'
log_timezone = 'UTC'

# Logs: a file per weekday, overwritten a week later. No statements, parameters or details: those hold personal data.
logging_collector = on
log_directory = '{log_dir}'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


def settings_text(socket_dir: Path, log_dir: Path, memory_mb: int) -> str:
    """The settings for a machine with `memory_mb` MiB of memory."""
    return _TEXT.format(
        socket_dir=_quoted(socket_dir),
        log_dir=_quoted(log_dir),
        shared_buffers_mb=max(32, min(memory_mb // 8, 1024)),
        cache_mb=max(128, memory_mb // 2),
    )


def usable_memory_mb() -> int:
    """The machine's memory or, where that is less, the container's limit, in MiB."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text("utf-8").strip()
    except OSError:
        return megabytes
    return min(megabytes, int(limit) // 2**20) if limit.isdigit() else megabytes


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "''")
