"""What a spec refers to outside its file: golden files. Looks at the disk's names, reads no content."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from intaglio.finding import Edit, Finding, Fix, Place
from intaglio.spec import codes
from intaglio.spec.model import Golden, Spec


def check_references(spec: Spec, path: Path, root: Path) -> tuple[Finding, ...]:
    """Findings for golden files that are missing or lie (by a link too) outside the workspace `root`.

    `path` is the spec's file. A file that cannot be looked at counts as missing.
    """
    real_root = Path(os.path.realpath(root))
    return tuple(
        finding for golden in spec.golden if (finding := _check(spec, golden, path.parent, real_root)) is not None
    )


def _check(spec: Spec, golden: Golden, folder: Path, root: Path) -> Finding | None:
    written = golden.path.value
    place = Place("spec", golden.path.span.shift(-spec.block.start))
    code = codes.MISSING_FILE
    try:
        target = folder / written
        if not Path(os.path.realpath(target)).is_relative_to(root):
            code = codes.OUTSIDE_WORKSPACE
            return Finding(code.id, code.severity, f"`{written}` lies outside the workspace", place)
        if target.is_file():
            return None
        near = _nearest(folder, target)
    except (OSError, ValueError) as error:
        return Finding(code.id, code.severity, f"the golden file `{written}` cannot be looked at: {error}", place)
    if near is None:
        return Finding(code.id, code.severity, f"there is no golden file `{written}`", place)
    fix = Fix(f"Change to `{near}`", (Edit(place, near),))
    return Finding(
        code.id, code.severity, f"there is no golden file `{written}`; did you mean `{near}`?", place, (fix,)
    )


def _nearest(folder: Path, target: Path) -> str | None:
    """The path, from `folder`, of the file beside `target` (or the one of its name below `folder`) that may be meant."""
    if target.parent.is_dir():
        names = [entry.name for entry in os.scandir(target.parent) if entry.is_file()]
        close = difflib.get_close_matches(target.name, names, n=1)
        if close:
            return Path(os.path.relpath(target.parent / close[0], folder)).as_posix()
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.is_dir(follow_symlinks=False) and (Path(entry.path) / target.name).is_file():
            return f"{entry.name}/{target.name}"
    return None
