"""The running interpreter as jedi sees it. Reads files; imports nothing, and leaves `sys.path` as it is.

Jedi's own environment looks for modules and loads compiled ones with `sys.path` changed for the whole process. Other threads that
import something in that moment do not find it.
"""

from __future__ import annotations

import functools
import sys
from typing import Any


@functools.cache
def reading_environment(folders: tuple[str, ...]) -> Any:
    """An environment for `jedi.Script` whose modules come from `folders`. Raises ImportError without jedi.

    Of compiled modules it has those of the standard library that are loaded already; of all others the stubs.
    """
    from jedi.api.environment import InterpreterEnvironment
    from jedi.inference.compiled.access import create_access_path
    from jedi.inference.compiled.subprocess import InferenceStateSameProcess, functions

    class Reading(InferenceStateSameProcess):  # type: ignore[misc]  # jedi has no types
        def get_module_info(self, sys_path: list[str] | None = None, **asked: Any) -> Any:
            if sys_path is not None:
                asked["path"] = list(sys_path)
            return functions.get_module_info(self._inference_state_weakref(), **asked)

        def load_module(self, dotted_name: str, sys_path: list[str]) -> Any:  # noqa: ARG002 - jedi's own signature
            is_standard = dotted_name.partition(".")[0] in sys.stdlib_module_names
            module = sys.modules.get(dotted_name) if is_standard else None
            return create_access_path(self._inference_state_weakref(), module) if module is not None else None

    class ReadingEnvironment(InterpreterEnvironment):  # type: ignore[misc]  # jedi has no types
        def get_sys_path(self) -> list[str]:
            return list(folders)

        def get_inference_state_subprocess(self, inference_state: Any) -> Any:
            return Reading(inference_state)

    return ReadingEnvironment()
