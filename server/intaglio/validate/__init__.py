"""The four stages, one file each, and their order."""
