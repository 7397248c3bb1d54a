"""`python -m intaglio` is the console script."""

from intaglio.cli import main

main()
