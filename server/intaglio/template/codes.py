"""The findings of templates, blocks and grants. Declarations only; `intaglio explain` prints them."""

from __future__ import annotations

from intaglio.finding import Code, Severity

TEMPLATE_SYNTAX = Code(
    "TM101",
    "template-shape",
    Severity.ERROR,
    "A template is a valid Python file in which one function holds the statement `guards()` and, after it, the statement "
    "`return slot()`, each once and on a line of its own. Anything else cannot be filled, or not found again.",
    "Correct the file as the message says; `intaglio templates show function` prints a template to start from.",
)
TEMPLATE_CONTRACT = Code(
    "TM102",
    "template-contract",
    Severity.ERROR,
    "The docstring of a template is its contract, and goes to the model: a summary on the first line, then the sections "
    "`Parameters:`, `Slot:` and `Surroundings:`. A template without one leaves the model to guess what stands around it.",
    "Write the missing part.",
)
TEMPLATE_LINT = Code(
    "TM103",
    "template-lint",
    Severity.ERROR,
    "A template is tested Python: it passes `ruff check` and names nothing that it does not define, import or take.",
    "Correct the line that the message names.",
)
TEMPLATE_UNCHECKED = Code(
    "TM104",
    "template-unchecked",
    Severity.ERROR,
    "ruff is not installed or did not run, so the template was not checked. What was not checked has not passed.",
    "`pip install 'intaglio[validate]'`",
)
BODY_SYNTAX = Code(
    "TM201",
    "body-not-python",
    Severity.ERROR,
    "The generated body does not parse, or is not a function's body (`break` outside a loop, `await` in a plain function). "
    "Nothing was put together and nothing was run.",
    "Compile again; where it happens at every attempt, say more in the spec or take another model.",
)
BODY_EMPTY = Code(
    "TM202",
    "body-empty",
    Severity.ERROR,
    "The generated body has no statement that does something: it is empty, a string, `...`, `pass` or "
    "`raise NotImplementedError`.",
    "Compile again; where it happens at every attempt, say more in the spec or take another model.",
)
BODY_INDENTED = Code(
    "TM203",
    "body-indented",
    Severity.ERROR,
    "A body is a list of statements without indentation in front. What came is indented, or is the whole function again.",
    "This is for whoever calls the assembly: dedent the statements and leave the `def` line out.",
)
GUARD_INVALID = Code(
    "TM204",
    "guard-invalid",
    Severity.ERROR,
    "A `require:` or `raises:` line cannot be written as a guard: its expression is not one Python expression, or its error "
    "cannot be raised with a message.",
    "Correct the line as the message says.",
)
FORMAT_CHANGED = Code(
    "TM205",
    "format-changed-code",
    Severity.ERROR,
    "Formatting changed what the code means, or the filled function was not recognised afterwards. Nothing was written.",
    "This is a defect of the formatter or of Intaglio: please report it with the body that the message shows.",
)
COMMENTS_LOST = Code(
    "TM206",
    "comments-lost",
    Severity.WARNING,
    "Filling a function replaces its body, and comments inside go with it. Comments above the function, its docstring and "
    "its decorators stay.",
    "Move what should stay above the function, into the docstring or into the spec.",
)
DOCSTRING_DROPPED = Code(
    "TM207",
    "docstring-dropped",
    Severity.HINT,
    "The generated body began with a docstring. A function's docstring is written by people: it was left out.",
    "Nothing; to have a docstring, write it under the `def` line.",
)
TEMPLATE_MISMATCH = Code(
    "TM301",
    "template-mismatch",
    Severity.ERROR,
    "The function is not its template any more: a guard or another statement around the slot was changed, removed or "
    "added. What stands there was never validated together.",
    "Compile again, restore the locked body, or change the spec's `require:` and `raises:` lines instead of the guards.",
)
USE_CAPABILITY = Code(
    "TM401",
    "use-capability",
    Severity.ERROR,
    "The capability modules (clock, database, files, http, notify, random) are not part of this version: a body cannot be "
    "granted input, output, time or randomness.",
    "Take what the function needs from outside as parameters, and leave the `use:` line out.",
)
USE_UNKNOWN = Code(
    "TM402",
    "use-unknown",
    Severity.ERROR,
    "A `use:` line names a module that cannot be granted. Grants are given for pure modules of the standard library that "
    "are on a list; the modules that every body may import need no grant.",
    "Correct the name, or do that part of the work outside the function.",
)
COMPLY_UNKNOWN = Code(
    "TM403",
    "comply-unknown",
    Severity.ERROR,
    "A `comply:` line names a prompt block that does not exist or cannot be read, so its checks would not run.",
    "Correct the name, or add the block to the workspace's templates folder under `blocks/`.",
)
TEMPLATE_UNKNOWN = Code(
    "TM404",
    "template-unknown",
    Severity.ERROR,
    "A `template:` line names a template that does not exist or cannot be used.",
    "Correct the name, or add the template to the workspace's templates folder under `functions/`.",
)

CODES: tuple[Code, ...] = (
    TEMPLATE_SYNTAX,
    TEMPLATE_CONTRACT,
    TEMPLATE_LINT,
    TEMPLATE_UNCHECKED,
    BODY_SYNTAX,
    BODY_EMPTY,
    BODY_INDENTED,
    GUARD_INVALID,
    FORMAT_CHANGED,
    COMMENTS_LOST,
    DOCSTRING_DROPPED,
    TEMPLATE_MISMATCH,
    USE_CAPABILITY,
    USE_UNKNOWN,
    COMPLY_UNKNOWN,
    TEMPLATE_UNKNOWN,
)
