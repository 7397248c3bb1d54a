"""Intaglio: spec comments compiled into validated, locked Python functions.

The packages follow the flow: `spec` reads, `generate` writes a candidate, `template` assembles it, `validate` runs
the four stages, `lock` records. `compile` is the use case that joins them; `cli` shows it. See docs/architecture.md.
"""

__version__ = "0.1.0"
