"""The server: processes that share a port, what each of them answers, and how they end."""
