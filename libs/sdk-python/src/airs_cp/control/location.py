"""Where the control APIs are, and the token for them: as the command `airs` finds them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..http import http

DEFAULT_URL = "http://localhost:8090"


@dataclass(frozen=True)
class Location:
    url: str
    token: str | None


def find_location(url: str | None, token: str | None) -> Location:
    """What is given, else `AIRS_URL` and `AIRS_TOKEN`, else the configuration file, else the stack of this machine. A
    stored token goes only where it belongs: the file's to the file's address, the stack's to this machine."""
    config = _read_json(_config_path())
    stacks = [Path(os.environ.get("AIRS_DATA_DIR") or ".airs")]
    address = url or os.environ.get("AIRS_URL") or config.get("url") or _running(stacks[0]) or DEFAULT_URL
    found = http.URL(address)
    if found.scheme not in ("http", "https") or not found.host:
        raise ValueError(f"{address!r} is not an address: give one such as {DEFAULT_URL}")
    secret = token or os.environ.get("AIRS_TOKEN")
    if not secret and ("url" not in config or http.URL(config["url"]).netloc == found.netloc):
        secret = config.get("token")
    if not secret and is_loopback(found.host):
        secret = _read_text(stacks[0] / "token")
    return Location(str(address).strip().rstrip("/"), secret.strip() if secret else None)


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _config_path() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".config") / "airs" / "config.json"


def _running(data_directory: Path) -> str | None:
    running = _read_json(data_directory / "running.json")
    address, pid = running.get("address"), running.get("pid")
    if not isinstance(address, str) or not isinstance(pid, int) or not is_loopback(http.URL(address).host):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return address


def _read_json(path: Path) -> dict[str, Any]:
    text = _read_text(path)
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
