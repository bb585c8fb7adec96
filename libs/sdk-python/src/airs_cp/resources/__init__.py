"""The wrapped client's resources, whose calls also take their context.

The types of these modules (`*.pyi`) are made from the wrapped client's source by `tools/make_stubs.py`.
"""
