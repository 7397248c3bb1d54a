"""Load, check, fill and match templates. Text in, text out; the formatter gets text and returns text."""

from intaglio.template.assemble import assemble
from intaglio.template.fill import fill
from intaglio.template.format_settings import read_format_settings
from intaglio.template.grant import grant_for
from intaglio.template.library import check_template, list_templates, load_block, load_template
from intaglio.template.match import match
from intaglio.template.model import PromptBlock
from intaglio.template.suite import extract_suite, lost_comments, suite_comments

__all__ = [
    "PromptBlock",
    "assemble",
    "check_template",
    "extract_suite",
    "fill",
    "grant_for",
    "list_templates",
    "load_block",
    "load_template",
    "lost_comments",
    "match",
    "read_format_settings",
    "suite_comments",
]
