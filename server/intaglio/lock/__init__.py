"""Fingerprints, the lock file, states, verify. Runs nothing."""
