"""What the client at the other end can do, and what it asked for at the start. Values only; no client is told by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intaglio.spec.position import Encoding


@dataclass(frozen=True, slots=True)
class Client:
    """A client's capabilities as far as the server heeds them, and its `initializationOptions`. All false: plain text only."""

    encoding: Encoding = "utf-16"
    trusted: bool | None = None
    """None: the client has no notion of trust; the setting `trust` decides."""
    status: bool = False
    preview: bool = False
    asks_remarks: bool = False
    """It has a command `intaglio.compileWithRemark` of its own, which asks for the remark."""
    asks_reasons: bool = False
    """It has a command `intaglio.adopt` of its own, which asks why."""
    settings: Mapping[str, object] = field(default_factory=dict)
    apply_edit: bool = False
    document_changes: bool = False
    annotations: bool = False
    create_files: bool = False
    progress: bool = False
    configuration: bool = False
    watched_files: bool = False
    message_actions: bool = False
    related_information: bool = False
    diagnostic_tags: bool = False
    code_description: bool = False
    diagnostic_data: bool = False
    action_literals: bool = False
    action_disabled: bool = False
    action_data: bool = False
    action_resolve_edit: bool = False
    lens_refresh: bool = False
    hint_refresh: bool = False
    token_refresh: bool = False
    markdown: bool = False
    """Hover in Markdown."""
    completion_markdown: bool = False
    snippets: bool = False
    label_details: bool = False
    signature_markdown: bool = False
    label_offsets: bool = False
    """A parameter in a signature's label by its place, not by its text."""
    hierarchical_symbols: bool = False
    definition_links: bool = False
    link_tooltips: bool = False
    prepare_rename: bool = False
    line_folding_only: bool = False
