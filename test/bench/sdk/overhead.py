"""CPU per call of AIRSClient beside that of OpenAI, in turns, over a transport that answers at once."""

import json
import sys
import time
from statistics import median

from airs_cp import AIRSClient
from airs_cp.http import http
from openai import OpenAI

CALLS, TURNS = int(sys.argv[1]), int(sys.argv[2])
ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}],
}
HEADERS = {"x-airs-exchange-id": "e", "x-session-id": "s", "x-airs-decision": "allow"}


def transport(request):
    return http.Response(200, json=ANSWER, headers=HEADERS)


def client_of(make):
    return make(api_key="sk-bench", base_url="http://gateway/v1", http_client=http.Client(transport=http.MockTransport(transport)))


def turn(client, **options):
    began = time.process_time()
    for _ in range(CALLS):
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "Hello"}], **options)
    return (time.process_time() - began) / CALLS * 1e6


plain, ours = client_of(OpenAI), client_of(AIRSClient)
said = {"session_id": "user-123", "tags": ["support", "billing"], "agent": "helpdesk", "sources": ["kb://1"]}
headers = {"X-Session-ID": "user-123", "X-AIRS-Tags": "support,billing", "X-AIRS-Agent": "helpdesk", "X-AIRS-Sources": "kb://1"}
for _ in range(20):
    turn(plain), turn(ours)
turns = [(turn(plain), turn(plain, extra_headers=headers), turn(ours), turn(ours, **said)) for _ in range(TURNS)]
print(
    json.dumps(
        {
            "plainMicros": median(one[0] for one in turns),
            "headersMicros": median(one[1] - one[0] for one in turns),
            "addedMicros": median(one[2] - one[0] for one in turns),
            "addedContextMicros": median(one[3] - one[0] for one in turns),
        }
    )
)
