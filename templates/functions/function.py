"""A plain function: its guards, then its body.

Parameters:
    None of its own. Name, signature, decorators and docstring are those of the function below the spec.

Slot:
    Statements that return on every path what the signature declares, or raise what the spec declares.
    At most 50 lines. They may use the parameters, the definitions of the function's own file, and what `use:` grants.
    They need not check again what `require:` says.

Surroundings:
    Before the slot stand the guards, in the order of the spec: each `require:` raises ValueError when its condition
    does not hold, each `raises: ERROR when CONDITION` raises ERROR when its condition holds. Nothing follows the slot.
"""


def guards() -> None:
    """Mark where the guards of the spec stand."""


def slot() -> object:
    """Mark where the generated statements stand."""
    return None


def function() -> object:
    """Stand for the function below the spec."""
    guards()
    return slot()
