"""Load, check, fill and match templates. Pure: text in, text out."""
