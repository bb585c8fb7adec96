"""A question, and what became of it. Needs a running gateway: `npm start` in the checkout."""

import os

from airs_cp import AIRSClient, PolicyViolation

client = AIRSClient(api_key=os.environ.get("OPENAI_API_KEY", "sk-none"))

try:
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello to ann@example.com"}],
        session_id="example-chat",
        tags=["example"],
    )
    print(response.choices[0].message.content)
    print("exchange", response.airs.exchange_id, "decision", response.airs.decision)
    for finding in response.airs.findings():
        print("found", finding.type, "in the", finding.direction, "at", finding.path)
except PolicyViolation as blocked:
    print("blocked by", blocked.policy, "because", blocked.reason, "in exchange", blocked.exchange_id)
