"""The program `leal` as `python -m leal`."""

from leal.cli import main

main()
