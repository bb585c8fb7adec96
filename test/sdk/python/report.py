"""Runs cases and reports each result as one JSON line."""

from __future__ import annotations

import inspect
import json
import os
import sys
import traceback
from typing import Any, Callable

GATEWAY = os.environ["AIRS_TEST_GATEWAY"]
PROVIDER = os.environ["AIRS_TEST_PROVIDER"]
KEY = "sk-app"

_cases: list[Callable[..., Any]] = []


def case(work: Callable[..., Any]) -> Callable[..., Any]:
    _cases.append(work)
    return work


def equal(actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def raises(error: type[BaseException], work: Callable[[], object], text: str = "") -> Any:
    try:
        work()
    except error as raised:
        if text not in str(raised):
            raise AssertionError(f"{raised} does not say {text!r}") from raised
        return raised
    raise AssertionError(f"nothing was raised instead of {error.__name__}")


def ask(client: Any, content: str = "Hello", **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": content}], **more)


def run() -> None:
    import asyncio

    failed = False
    for work in _cases:
        error = None
        try:
            asyncio.run(work()) if inspect.iscoroutinefunction(work) else work()
        except Exception:
            error = traceback.format_exc()
            failed = True
        print(json.dumps({"name": work.__name__.replace("_", " "), "error": error}), flush=True)
    sys.exit(1 if failed else 0)
