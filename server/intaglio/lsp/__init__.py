"""The language server: the only package that knows pygls and lsprotocol. One file a method, registered in `registration.py`.

The event loop's thread alone holds and changes the `Session`; features compute from an `Asked`, which is frozen. Stages and
models work in threads of `jobs.py`, and what they say comes back to the loop as events. Conversions are in `from_client.py` and
`to_client.py`, one way each. Nothing here is imported by the command line but through `command.py`, when it is named.
"""
