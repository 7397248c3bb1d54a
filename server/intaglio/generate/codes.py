"""The findings of generation. Declarations only."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

NO_RULES = Code(
    "GE101",
    "no-rules",
    _E,
    "The spec has no `rule:` lines, so it cannot be compiled without a model.",
    "Set a model, or write rules.",
)
RULES_INCOMPLETE = Code(
    "GE102",
    "rules-incomplete",
    _E,
    "The rules do not say what happens for every input, or cannot be written as code.",
    "End them with `rule: otherwise -> VALUE`.",
)
RULES_UNFIT = Code(
    "GE103", "rules-unfit", _E, "Rules give one value; the function is a generator.", "Set a model for this spec."
)
NO_MODEL = Code(
    "GE104",
    "no-model",
    _E,
    "The spec needs a model, and none is set.",
    "Set `model` (and `api-base` for a server of your own), for instance `export INTAGLIO_MODEL=openai/gpt-4o`; `intaglio doctor` finds local servers.",
)
NO_KEY = Code(
    "GE105",
    "no-key",
    _E,
    "The provider refused the key, or there is none.",
    "Put the key into the provider's usual environment variable, or into the system keyring under the service `intaglio`.",
)
UNREACHABLE = Code(
    "GE106",
    "unreachable",
    _E,
    "The model's server cannot be reached, or did not answer in time.",
    "Check `api-base` and the network; `intaglio doctor` says what is reachable.",
)
EXTRA_MISSING = Code(
    "GE107", "model-extra-missing", _E, "Asking a model needs the extra `model`.", "`pip install 'intaglio[model]'`"
)
RATE_LIMITED = Code(
    "GE108",
    "rate-limited",
    _E,
    "The provider limits the rate of requests, and went on doing so after the waits that it asked for.",
    "Wait, or ask for fewer candidates.",
)
BAD_REQUEST = Code(
    "GE109",
    "bad-request",
    _E,
    "The provider refused the request: an unknown model, a prompt that is too long, or a parameter that it does not take.",
    "See the message; check the model's name.",
)
BROKEN_ANSWER = Code(
    "GE110",
    "broken-answer",
    _E,
    "The answer was cut off, or is not what the protocol says.",
    "Try again; `intaglio doctor` checks the server.",
)
NO_BODY = Code(
    "GE111",
    "no-body",
    _E,
    "The answer holds no body for this function: no code, another function, or code that does not parse.",
    "It counts as a failed attempt, and the model is told.",
)
OVER_BUDGET = Code(
    "GE112",
    "over-budget",
    _E,
    "The worst that the next request could cost or use is more than what is left of the cap. Nothing was sent.",
    "Raise `max-cost` or `max-tokens`, or lower `answer-tokens` or `attempts`.",
)
UNKNOWN_PRICE = Code(
    "GE113",
    "unknown-price",
    _E,
    "The price of this model is not known, so a cap in money cannot hold. Nothing was sent. The name may be misspelt: prices "
    "are litellm's, by its names of models.",
    "Correct the name; set `api-base` for a server of your own; or give a cap in tokens: `--max-tokens`.",
)
CASSETTE_MISS = Code(
    "GE114",
    "cassette-miss",
    _E,
    "The cassette has no recording of this request.",
    "Record it with the model, or correct what changed in the prompt.",
)
INJECTION = Code(
    "GE115",
    "prompt-injection",
    _W,
    "The spec's text reads like instructions to a model. Spec text is data; the model is told so, and the stages judge what comes back.",
    "Look at the text, above all if someone else wrote it.",
)
PERSONAL_DATA = Code(
    "GE116",
    "personal-data",
    _W,
    "The spec's text holds personal data. It is replaced before the prompt leaves the machine.",
    "Write invented values into examples.",
)
SECRET = Code(
    "GE117",
    "secret-in-spec",
    _E,
    "The spec's text holds what looks like a key, a token or a password. Nothing was sent.",
    "Remove it.",
)
LEAK = Code(
    "GE118",
    "prompt-leak",
    _E,
    "The answer repeats the hidden part of the prompt instead of answering.",
    "It counts as a failed attempt.",
)
MENDED = Code(
    "GE119",
    "mended",
    _H,
    "A slip of a candidate was put right without the model (a forgotten import, an argument that was changed in place), and the "
    "stages judged what came of it.",
    "Nothing to do.",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
