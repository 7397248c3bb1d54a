"""What a spec's `use:` lines grant. Looks names up in lists, imports nothing."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from intaglio.candidate import Grant
from intaglio.finding import Finding, Place
from intaglio.spec.model import Spec
from intaglio.template import codes
from intaglio.template.purity import CAPABILITY_MODULES, GRANTABLE_MODULES, PURE_MODULES


def grant_for(spec: Spec, _root: Path | None = None) -> tuple[Grant, tuple[Finding, ...]]:
    """The modules that a spec grants, and a finding for each name that cannot be granted."""
    modules: set[str] = set()
    findings: list[Finding] = []
    for text in spec.use:
        place = Place("spec", text.span.shift(-spec.block.start))
        for name in re.split(r"[\s,]+", text.value.strip()):
            if name in GRANTABLE_MODULES or name in PURE_MODULES:
                modules.add(name)
            elif name in CAPABILITY_MODULES:
                code = codes.USE_CAPABILITY
                message = f"`{name}` is a capability, and this version grants none; take its values as parameters"
                findings.append(Finding(code.id, code.severity, message, place))
            else:
                code = codes.USE_UNKNOWN
                near = difflib.get_close_matches(name, sorted(GRANTABLE_MODULES), n=1)
                hint = (
                    f"; did you mean `{near[0]}`?" if near else f"; there are: {', '.join(sorted(GRANTABLE_MODULES))}"
                )
                findings.append(Finding(code.id, code.severity, f"`{name}` cannot be granted{hint}", place))
    return Grant(frozenset(modules)), tuple(findings)
