"""Exchange: shops' data read from files, and written to them."""
