"""Calls that Leal makes of other servers: signed, to public addresses alone, within limits."""
