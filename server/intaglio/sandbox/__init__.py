"""Run untrusted code in a child behind walls. Knows nothing of specs."""

from __future__ import annotations

import sys

from intaglio.sandbox.interface import Preload, Sandbox, SandboxUnavailable


def open_sandbox(preload: Preload | None = None) -> Sandbox:
    """The sandbox of this platform, warm when first used; its children find the modules of `preload` loaded.

    Raises SandboxUnavailable, naming each wall, where there is none. There is no fallback to a plain subprocess.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(
            f"Execution not run: no sandbox on this machine (seccomp: missing on {sys.platform}; WASM runtime: not "
            "supported by this version). The code was checked statically only and is not validated."
        )
    from intaglio.sandbox.linux import LinuxSandbox

    return LinuxSandbox(preload)
