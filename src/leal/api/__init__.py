"""The HTTP API: wire types, the functions, and the application that dispatches to them."""
