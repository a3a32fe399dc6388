"""What marketing tools fetch: the record of each member."""
