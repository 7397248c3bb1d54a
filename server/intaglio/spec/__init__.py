"""Read spec comments: text in, values out. Imports nothing of the workspace and runs nothing."""
