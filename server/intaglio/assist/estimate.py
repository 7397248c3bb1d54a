"""What a compile may use, before it begins: tokens of one answer at most, and money where a price is known. Asks nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intaglio.assist.excerpt import excerpt
from intaglio.assist.view import View
from intaglio.assist.wording import money, tokens
from intaglio.generate.author import Brief
from intaglio.generate.budget import Price, estimate_tokens
from intaglio.generate.prompt import build_messages
from intaglio.generate.rules import rules_cover
from intaglio.spec.expression import ExpressionError
from intaglio.spec.model import Spec
from intaglio.spec.reach import find_reach
from intaglio.template.library import load_block, load_template
from intaglio.template.model import TemplateError

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Estimate:
    """One answer at its worst; an attempt may ask for several. `model` is "" when the spec's rules compile without one, or none is set (`needs_model`)."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    needs_model: bool = False

    def in_words(self) -> str:
        """`no model needed`, `needs a model`, `up to 1,240 tokens`, `up to $0.0042`."""
        if self.needs_model:
            return "needs a model"
        if not self.model:
            return "no model needed"
        worst = tokens(self.input_tokens + self.output_tokens) if self.cost is None else money(self.cost)
        return f"up to {worst} an answer · {self.model}"


def estimate(view: View, spec: Spec, price: Price | None = None) -> Estimate:
    """What compiling a spec would use, by the same prompt and the same rule for tokens as the compile itself."""
    settings = view.settings
    model = spec.model or settings.model
    if settings.backend == "rules" or (not settings.backend and not model and rules_cover(spec)):
        return Estimate("")
    if not model:
        return Estimate("", needs_model=True)
    root, tree = (view.snapshot.root, view.snapshot) if view.trusted else (None, None)
    try:
        template = load_template(spec.template, root, tree)
        blocks = tuple(load_block(text.value.strip(), root, tree).text for text in spec.comply)
        contract = f"{template.summary}\n\n{template.contract}"
    except TemplateError:
        contract, blocks = "", ()
    words = frozenset(
        _WORD.findall(view.document.data[spec.block.start : spec.function.header.end].decode("utf-8", "replace"))
    )
    part = excerpt(view.document, words)
    mentioned = frozenset(_WORD.findall(spec.prose.value)) - {spec.function.name}
    reach = find_reach(part, view.path, spec, view.snapshot.text, mentioned)
    brief = Brief(view.path, view.document.text, spec, reach, contract, blocks)
    try:
        asked = estimate_tokens(build_messages(brief, (), "0" * 16))
    except ExpressionError:  # a spec with an error cannot be compiled, and so costs nothing yet
        return Estimate(model)
    answer = settings.answer_tokens
    return Estimate(model, asked, answer, None if price is None else price.of(asked, answer))
