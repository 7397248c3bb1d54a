"""`intaglio lsp`: the language server over stdio, or over TCP on loopback."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--tcp",
    "address",
    metavar="HOST:PORT",
    help="Listen on a loopback address instead of stdio; port 0 takes a free one.",
)
@click.option("--record", type=FILE, help="Write the session's messages to a file, what is sensitive in them masked.")
@click.option(
    "--replay", "recorded", type=FILE, help="Send a recorded client's messages once more, and print the answers."
)
def command(address: str | None, record: Path | None, recorded: Path | None) -> None:
    """Start the language server for an editor.

    Speaks over standard input and output unless --tcp is given. What it adds to the Language Server Protocol is described in
    docs/protocol.md.
    """
    from intaglio.lsp.serving import replay, serve_stdio, serve_tcp

    if recorded is not None and (address or record):
        raise click.UsageError(
            "--replay reads a recording in place of a client: it goes with neither --tcp nor --record"
        )
    if recorded is not None:
        from intaglio.lsp.recording import RecordingError

        try:
            replay(recorded)
        except RecordingError as error:
            raise click.ClickException(str(error)) from error
    if address is None:
        serve_stdio(record)
        return
    host, _, port = address.rpartition(":")
    if host not in {"127.0.0.1", "localhost", "::1", "[::1]"} or not port.isdigit():
        raise click.UsageError("--tcp takes a loopback address and a port, for instance 127.0.0.1:9000")
    serve_tcp(host.strip("[]"), int(port), record)
