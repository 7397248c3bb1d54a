"""What a spec refers to outside its file: golden files. Looks at the disk, reads no content."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from intaglio.finding import Finding, Place
from intaglio.spec import codes
from intaglio.spec.model import Spec


def check_references(spec: Spec, path: Path, root: Path) -> tuple[Finding, ...]:
    """Findings for golden files that are missing or lie (by a link too) outside the workspace `root`."""
    findings: list[Finding] = []
    real_root = Path(os.path.realpath(root))
    for golden in spec.golden:
        target = path.parent / golden.path.value
        place = Place("spec", golden.path.span.shift(-spec.block.start))
        if not Path(os.path.realpath(target)).is_relative_to(real_root):
            code = codes.OUTSIDE_WORKSPACE
            findings.append(Finding(code.id, code.severity, f"`{golden.path.value}` lies outside the workspace", place))
        elif not target.is_file():
            code = codes.MISSING_FILE
            folder = target.parent
            names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
            near = difflib.get_close_matches(target.name, names, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            findings.append(
                Finding(code.id, code.severity, f"there is no golden file `{golden.path.value}`{hint}", place)
            )
    return tuple(findings)
