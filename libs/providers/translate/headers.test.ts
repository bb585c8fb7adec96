import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translateHeaders } from './headers.ts'

const now = Date.parse('2026-06-01T12:00:00Z')

test('an OpenAI client reads request id and rate limits where OpenAI has them', () => {
  const headers = translateHeaders(
    {
      'request-id': 'req_1',
      'retry-after': '7',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-tokens-remaining': '1000',
      'anthropic-ratelimit-requests-reset': '2026-06-01T12:01:05Z',
      'anthropic-ratelimit-input-tokens-limit': '9',
    },
    'openai.chat',
    now,
  )
  assert.deepEqual(headers, {
    'x-request-id': 'req_1',
    'retry-after': '7',
    'x-ratelimit-limit-requests': '50',
    'x-ratelimit-remaining-tokens': '1000',
    'x-ratelimit-reset-requests': '1m5s',
  })
})

test('an Anthropic client reads them where Anthropic has them', () => {
  const headers = translateHeaders(
    {
      'x-request-id': 'req_1',
      'openai-organization': 'org',
      'openai-processing-ms': '12',
      'x-ratelimit-limit-tokens': '5',
      'x-ratelimit-reset-tokens': '1h0m1.5s',
      'x-ratelimit-reset-requests': 'soon',
    },
    'anthropic.messages',
    now,
  )
  assert.deepEqual(headers, {
    'request-id': 'req_1',
    'anthropic-organization-id': 'org',
    'anthropic-ratelimit-tokens-limit': '5',
    'anthropic-ratelimit-tokens-reset': '2026-06-01T13:00:01Z',
    'anthropic-ratelimit-requests-reset': undefined,
  })
})
