"""Databases as earlier releases left them, and what members were told then."""
