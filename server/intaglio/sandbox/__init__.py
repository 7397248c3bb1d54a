"""Run untrusted code in a child behind walls. Knows nothing of specs."""
