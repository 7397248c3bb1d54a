"""textDocument/signatureHelp. In a thread: calls of other functions than the spec's own are asked of jedi."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.attributes import called
from intaglio.assist.signature_help import CallAsked, shown_call
from intaglio.assist.signature_help import signature_help as call_at
from intaglio.lsp.asked import Asked
from intaglio.lsp.to_client import documentation
from intaglio.spec.position import units_of


def signature_help(asked: Asked, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The call at the place."""
    offset = asked.offset(params.position)
    found = call_at(asked.view, offset)
    if isinstance(found, CallAsked):
        other = called(asked.view, asked.view.spec_at(offset), found.before, inside=found.inside)
        found = shown_call(other.name, list(other.parameters), other.active, other.documentation) if other else None
    if found is None:
        return None
    parameters = [types.ParameterInformation(found.label[start:end]) for start, end in found.parameters]
    if asked.client.label_offsets:  # in UTF-16, whatever the positions count in
        parameters = [
            types.ParameterInformation((units_of(found.label[:start], "utf-16"), units_of(found.label[:end], "utf-16")))
            for start, end in found.parameters
        ]
    said = documentation(found.documentation, markdown=asked.client.signature_markdown)
    return types.SignatureHelp(
        [types.SignatureInformation(found.label, said, parameters)],
        active_signature=0,
        active_parameter=found.active if found.active is not None else len(parameters),
    )
