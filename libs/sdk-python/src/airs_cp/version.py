from importlib.metadata import version

__version__ = version("airs-cp-sdk")
