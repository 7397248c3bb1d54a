"""Which author writes for a spec: the one that was asked for, else the model that is set, else the spec's own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from intaglio.config import Settings
from intaglio.generate.author import Author, RulesAuthor
from intaglio.generate.interface import GenerationError
from intaglio.generate.rules import RulesBackend, rules_cover
from intaglio.spec.model import Spec


def author_for(root: Path, settings: Settings) -> Callable[[Spec], Author]:
    """A choice for each spec. Raises GenerationError where none is possible, with what to do."""

    def choose(spec: Spec) -> Author:
        if settings.backend == "rules" or (
            not settings.backend and not (spec.model or settings.model) and rules_cover(spec)
        ):
            return RulesAuthor(RulesBackend())
        raise GenerationError("GE104", f"no model for {root.name}")

    return choose
