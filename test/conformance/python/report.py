"""Runs cases and reports each result as one JSON line."""

import json
import os
import sys
import traceback
from typing import Callable

INGRESS = os.environ["AIRS_CONFORMANCE_INGRESS"]
KEY = os.environ["AIRS_CONFORMANCE_KEY"]
WRONG_KEY = os.environ["AIRS_CONFORMANCE_WRONG_KEY"]
BLOCKED_TEXT = os.environ["AIRS_CONFORMANCE_BLOCKED_TEXT"]
IMAGE = os.environ["AIRS_CONFORMANCE_IMAGE"]

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "number"}},
    "required": ["city"],
    "additionalProperties": False,
}
FORECAST = {"city": "Zürich", "degrees": 21.5}
FORECAST_SCHEMA = {
    "type": "object",
    "title": "forecast",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "number"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
FORECAST_PROMPT = "mock:text=" + json.dumps(json.dumps(FORECAST, ensure_ascii=False))

_failed = False


def case(name: str, work: Callable[[], None]) -> None:
    """Runs one case. It fails by raising."""
    global _failed
    error = None
    try:
        work()
    except Exception:
        error = traceback.format_exc()
        _failed = True
    print(json.dumps({"name": name, "error": error}), flush=True)


def equal(actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def raises(error: type[BaseException], work: Callable[[], object]) -> BaseException:
    """The error that `work` raises, which has to be of that type exactly."""
    try:
        work()
    except error as raised:
        if type(raised) is not error:
            raise AssertionError(f"{type(raised).__name__} instead of {error.__name__}") from raised
        return raised
    raise AssertionError(f"nothing was raised instead of {error.__name__}")


def finish() -> None:
    sys.exit(1 if _failed else 0)
