"""The rows: connections, migrations and every SQL statement; it knows tables, not what they mean."""
