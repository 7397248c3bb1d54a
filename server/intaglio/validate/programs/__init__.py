"""What runs inside the sandbox's children: the runner holds the body, the judge holds the spec. Standard library only,
but for hypothesis in the judge. Loaded by path into zygotes, under these very names.
"""
