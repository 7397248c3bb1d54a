"""Bodies that each stage must refuse. `intaglio doctor` feeds them through and fails when one gets by; so do the tests."""

from intaglio.validate.known_bad.bodies import KNOWN_BAD, KnownBad

__all__ = ["KNOWN_BAD", "KnownBad"]
