import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ExchangeDetails } from '@airs-cp/client'
import { describeExchange } from './describe-exchange.ts'

const plain = (_format: unknown, text: string) => text

/** What the fields of an exchange have that nothing else in these tests depends on. */
const nothing = {
  ...{ exchange: 'e', state: 'completed', status: 200, provider: 'openai', path: '/v1/chat/completions' },
  ...{
    tags: [],
    bodies: [],
    events: [],
    errorCode: null,
    requestedAt: null,
    endedAt: null,
    durationMs: null,
  },
  ...{ inputTokens: null, outputTokens: null, costUsdMicros: null, model: null, responseModel: null },
  ...{ requestDecision: null, responseDecision: null, format: null, session: null, agent: null },
  ...{ keyName: null, keyId: null, credential: null },
} as unknown as ExchangeDetails

describe('an exchange', () => {
  test('names each attempt where there were several', () => {
    const attempts = [
      { provider: 'gone', startedAfterMs: 1, durationMs: 30.4, error: 'upstream_unreachable' },
      { provider: 'busy', startedAfterMs: 32, durationMs: 5, status: 503 },
      { provider: 'openai', startedAfterMs: 40, durationMs: 120, status: 200 },
    ]
    assert.match(
      describeExchange({ ...nothing, attempts }, plain),
      /attempts +gone upstream_unreachable in 30 ms, then busy 503 in 5 ms, then openai 200 in 120 ms/,
    )
  })

  test('names one attempt only as its provider', () => {
    const attempts = [{ provider: 'openai', startedAfterMs: 1, durationMs: 120, status: 200 }]
    const shown = describeExchange({ ...nothing, attempts }, plain)
    assert.doesNotMatch(shown, /attempts/)
    assert.match(shown, /provider +openai/)
  })
})
