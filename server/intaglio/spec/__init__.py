"""Read spec comments: text in, values out. Imports nothing of the workspace and runs nothing."""

from intaglio.spec.python import read_specs

__all__ = ["read_specs"]
