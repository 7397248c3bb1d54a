"""From the protocol to plain values: capabilities, positions, paths. The only way in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path

from intaglio.finding import Span
from intaglio.lsp.client import Client
from intaglio.spec.position import Encoding, Position, TextIndex

_ENCODINGS: dict[str, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}


def client_of(params: types.InitializeParams) -> Client:
    """What `initialize` says of the client."""
    capabilities = params.capabilities
    options: Mapping[str, Any] = mapping(params.initialization_options)
    trusted = options.get("trusted")
    settings = mapping(options.get("settings"))
    encodings = _get(capabilities, "general", "position_encodings") or ()
    actions = ("text_document", "code_action")
    diagnostics = ("text_document", "publish_diagnostics")
    edits = ("workspace", "workspace_edit")
    resolved = _get(capabilities, *actions, "resolve_support", "properties") or ()
    operations = _get(capabilities, *edits, "resource_operations") or ()
    return Client(
        encoding=next((_ENCODINGS[_word(one)] for one in encodings if _word(one) in _ENCODINGS), "utf-16"),
        trusted=trusted if isinstance(trusted, bool) else None,
        status=options.get("status") == 1,
        preview=options.get("preview") == 1,
        asks_remarks=options.get("remarks") == 1,
        asks_reasons=options.get("reasons") == 1,
        settings=settings,
        apply_edit=bool(_get(capabilities, "workspace", "apply_edit")),
        document_changes=bool(_get(capabilities, *edits, "document_changes")),
        annotations=_get(capabilities, *edits, "change_annotation_support") is not None,
        create_files=types.ResourceOperationKind.Create in operations,
        progress=bool(_get(capabilities, "window", "work_done_progress")),
        configuration=bool(_get(capabilities, "workspace", "configuration")),
        watched_files=bool(_get(capabilities, "workspace", "did_change_watched_files", "dynamic_registration")),
        message_actions=_get(capabilities, "window", "show_message") is not None,
        related_information=bool(_get(capabilities, *diagnostics, "related_information")),
        diagnostic_tags=_get(capabilities, *diagnostics, "tag_support") is not None,
        code_description=bool(_get(capabilities, *diagnostics, "code_description_support")),
        diagnostic_data=bool(_get(capabilities, *diagnostics, "data_support")),
        action_literals=_get(capabilities, *actions, "code_action_literal_support") is not None,
        action_disabled=bool(_get(capabilities, *actions, "disabled_support")),
        action_data=bool(_get(capabilities, *actions, "data_support")),
        action_resolve_edit="edit" in resolved,
        lens_refresh=bool(_get(capabilities, "workspace", "code_lens", "refresh_support")),
        hint_refresh=bool(_get(capabilities, "workspace", "inlay_hint", "refresh_support")),
        token_refresh=bool(_get(capabilities, "workspace", "semantic_tokens", "refresh_support")),
        markdown=_prefers_markdown(_get(capabilities, "text_document", "hover", "content_format")),
        completion_markdown=_prefers_markdown(
            _get(capabilities, "text_document", "completion", "completion_item", "documentation_format")
        ),
        snippets=bool(_get(capabilities, "text_document", "completion", "completion_item", "snippet_support")),
        label_details=bool(
            _get(capabilities, "text_document", "completion", "completion_item", "label_details_support")
        ),
        signature_markdown=_prefers_markdown(
            _get(capabilities, "text_document", "signature_help", "signature_information", "documentation_format")
        ),
        label_offsets=bool(
            _get(
                capabilities,
                "text_document",
                "signature_help",
                "signature_information",
                "parameter_information",
                "label_offset_support",
            )
        ),
        hierarchical_symbols=bool(
            _get(capabilities, "text_document", "document_symbol", "hierarchical_document_symbol_support")
        ),
        definition_links=bool(_get(capabilities, "text_document", "definition", "link_support")),
        link_tooltips=bool(_get(capabilities, "text_document", "document_link", "tooltip_support")),
        prepare_rename=bool(_get(capabilities, "text_document", "rename", "prepare_support")),
        line_folding_only=bool(_get(capabilities, "text_document", "folding_range", "line_folding_only")),
    )


def path_of(uri: str) -> Path | None:
    """The file that a URI names, or None when it names none: an unsaved buffer, another scheme."""
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return Path(path) if path else None


def offset_of(index: TextIndex, position: types.Position, encoding: Encoding) -> int:
    """The byte at a position."""
    return index.offset(Position(position.line, position.character), encoding)


def span_of(index: TextIndex, range_: types.Range, encoding: Encoding) -> Span:
    """The bytes of a range; a range whose ends are the wrong way round is taken the right way round."""
    one, other = offset_of(index, range_.start, encoding), offset_of(index, range_.end, encoding)
    return Span(min(one, other), max(one, other))


def plain(value: Any) -> Any:
    """JSON as dictionaries, lists and plain values, whichever objects the protocol's library made of it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "_asdict"):  # pygls gives what it has no type for as named tuples
        return plain(value._asdict())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return plain(vars(value))
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """An object of JSON; an empty one for what is none."""
    found = plain(value)
    return found if isinstance(found, Mapping) else {}


def _get(value: Any, *names: str) -> Any:
    for name in names:
        value = getattr(value, name, None)
        if value is None:
            return None
    return value


def _word(value: Any) -> str:
    return str(getattr(value, "value", value))


def _prefers_markdown(formats: Any) -> bool:
    return bool(formats) and _word(formats[0]) == "markdown"
