"""The command line, one command a file: the only package that prints to a terminal."""
