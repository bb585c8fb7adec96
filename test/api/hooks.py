"""Bodies that schemathesis does not know how to send: lines of JSON go as the text that they are."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
