"""How a command calls the supervisor and what that answers: the words both sides share."""

MODULE = "leal.embedded.supervisor"
GRACE_VARIABLE = "LEAL_SERVER_GRACE_SECONDS"
"""Seconds (a decimal number) for which the server outlives its last user."""
ANOTHER_IS_THERE = 3
"""The exit code of a supervisor that found another one at work."""
