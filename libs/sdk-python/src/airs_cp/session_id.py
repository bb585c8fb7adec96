from __future__ import annotations

import os
import time
import uuid


def new_session_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7), as the gateway mints them: by time of creation when sorted as text."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68) << 64
    return str(uuid.UUID(int=value | 0b10 << 62 | random & (1 << 62) - 1))
