"""What is written from the types: the methods of the client, and the pages of the functions."""
