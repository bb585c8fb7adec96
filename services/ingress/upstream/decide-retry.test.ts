import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AttemptEnd, decideRetry, type NextStep, type RetryState } from './decide-retry.ts'

const nowMs = Date.parse('2026-11-28T00:00:00Z')
const fresh: RetryState = {
  tries: 0,
  hasReconnected: false,
  retries: { count: 1, maxWaitMs: 5_000 },
  isRepeatable: true,
  isKeyed: false,
  hasNext: () => true,
  nowMs,
  random: 1,
}
const used = { ...fresh, tries: 1 }
const alone = (state: RetryState) => ({ ...state, hasNext: () => false })
const effective = (state: RetryState) => ({ ...state, isRepeatable: false })

const keyed = (state: RetryState) => ({ ...state, isRepeatable: false, isKeyed: true })

const unsent: AttemptEnd = { kind: 'unsent' }
const stale: AttemptEnd = { kind: 'stale' }
const silent: AttemptEnd = { kind: 'silent' }
const status = (code: number, retryAfter?: string): AttemptEnd => ({
  kind: 'status',
  status: code,
  retryAfter,
})

const deliver: NextStep = { do: 'deliver' }
const reconnect: NextStep = { do: 'reconnect' }
const next: NextStep = { do: 'next' }
const retry = (afterMs: number): NextStep => ({ do: 'retry', afterMs })

const rows: [name: string, attempt: AttemptEnd, state: RetryState, step: NextStep][] = [
  ['a stale connection', stale, fresh, reconnect],
  [
    'a stale connection, with no retries left',
    stale,
    { ...used, retries: { count: 0, maxWaitMs: 0 } },
    reconnect,
  ],
  ['a stale connection, and the call has an effect', stale, effective(fresh), deliver],
  ['a stale connection, and the call has an effect once', stale, keyed(fresh), reconnect],
  ['no response, and the call has an effect once at its provider', silent, keyed(fresh), deliver],
  ['500, and the call has an effect once at its provider', status(500), keyed(fresh), deliver],
  ['no response on the new connection either', stale, { ...fresh, hasReconnected: true }, next],
  ['no connection', unsent, fresh, retry(200)],
  ['no connection, and the call has an effect', unsent, effective(fresh), retry(200)],
  ['no connection again', unsent, used, next],
  ['no connection again, and nobody else', unsent, alone(used), deliver],
  [
    'no connection, the third time of four',
    unsent,
    { ...fresh, tries: 2, retries: { count: 3, maxWaitMs: 0 } },
    retry(800),
  ],
  ['no response', silent, fresh, next],
  ['no response, and the call has an effect', silent, effective(fresh), deliver],
  ['no response, and nobody else', silent, alone(fresh), deliver],
  ...[429, 503, 529].flatMap((code): typeof rows => [
    [`${code}`, status(code), fresh, retry(200)],
    [`${code} with jitter`, status(code), { ...fresh, random: 0 }, retry(100)],
    [`${code}, and the call has an effect`, status(code), effective(fresh), retry(200)],
    [`${code} for a while`, status(code, '3'), fresh, retry(3_000)],
    [`${code} until a time`, status(code, 'Sat, 28 Nov 2026 00:00:02 GMT'), fresh, retry(2_000)],
    [`${code} until a time that is over`, status(code, 'Fri, 27 Nov 2026 23:00:00 GMT'), fresh, retry(0)],
    [`${code} with a Retry-After that says nothing`, status(code, 'soon'), fresh, retry(200)],
    [`${code} for too long`, status(code, '6'), fresh, next],
    [`${code} for too long, and nobody else`, status(code, '6'), alone(fresh), deliver],
    [`${code} again`, status(code), used, next],
    [`${code} again, and nobody else`, status(code), alone(used), deliver],
  ]),
  ...[500, 502, 504].flatMap((code): typeof rows => [
    [`${code}`, status(code), fresh, next],
    [`${code}, and the call has an effect`, status(code), effective(fresh), deliver],
    [`${code}, and nobody else`, status(code), alone(fresh), deliver],
  ]),
  ...[200, 302, 400, 401, 404, 413, 501].map((code): (typeof rows)[number] => [
    `${code}`,
    status(code),
    fresh,
    deliver,
  ]),
]

for (const [name, attempt, state, step] of rows)
  test(`${name} → ${step.do}`, () => {
    assert.deepEqual(decideRetry(attempt, state), step)
  })

test('the next provider is prepared only where it may be asked', () => {
  const untouched = { ...fresh, hasNext: () => assert.fail('it was prepared') }
  for (const attempt of [unsent, status(429), status(503, '3'), status(200), status(404)])
    decideRetry(attempt, untouched)
  for (const attempt of [silent, status(500)]) decideRetry(attempt, effective(untouched))
})
