"""`intaglio lsp`: the language server over stdio, or over TCP on loopback."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--tcp",
    "address",
    metavar="HOST:PORT",
    help="Listen on a loopback address instead of stdio; port 0 takes a free one.",
)
def command(address: str | None) -> None:
    """Start the language server for an editor.

    Speaks over standard input and output unless --tcp is given. What it adds to the Language Server Protocol is described in
    docs/protocol.md.
    """
    from intaglio.lsp.serving import serve_stdio, serve_tcp

    if address is None:
        serve_stdio()
        return
    host, _, port = address.rpartition(":")
    if host not in {"127.0.0.1", "localhost", "::1", "[::1]"} or not port.isdigit():
        raise click.UsageError("--tcp takes a loopback address and a port, for instance 127.0.0.1:9000")
    serve_tcp(host.strip("[]"), int(port))
