"""Assist: what an editor shows and offers for specs, computed from one view, in plain values.

One file a feature. Knows nothing of the Language Server Protocol, of positions in lines or of how clients differ; runs nothing and
writes nothing. `intaglio.lsp` converts what is said here, one way, in one place.
"""
