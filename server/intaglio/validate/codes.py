"""The findings of the four stages, in their order."""

from __future__ import annotations

from intaglio.finding import Code
from intaglio.validate import codes_accuracy, codes_execution, codes_security, codes_syntax

CODES: tuple[Code, ...] = (*codes_security.CODES, *codes_syntax.CODES, *codes_execution.CODES, *codes_accuracy.CODES)
