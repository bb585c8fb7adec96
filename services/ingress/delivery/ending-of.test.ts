import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Decision, recordBody } from '@airs-cp/events'
import { formats, readFrame } from '@airs-cp/providers'
import type { Exchange, FrameGuard, Judged, Outcome, Relayed } from '../exchange.ts'
import { noResponse } from '../upstream/relay.ts'
import { UpstreamError } from '../upstream/upstream-error.ts'
import { type Ending, endingOf, type ResponseEnd } from './ending-of.ts'

const format = formats['openai.chat']!
const exchange = { id: 'exchange-1', session: 'session-1' } as Exchange
const decision = (action: Decision['action'], policy?: string): Decision => ({
  action,
  mode: 'enforce',
  policySet: 1,
  verdicts: policy ? [{ policy, version: 1, mode: 'enforce', action, enforced: true, findings: [] }] : [],
  findings: [],
  scanned: { characters: 0, skipped: [] },
})
const outcome: Outcome = {
  provider: 'openai',
  keyId: undefined,
  model: 'gpt',
  stream: false,
  body: recordBody(Buffer.from('{}'), 'application/json'),
  attempts: [],
  usage: undefined,
  cost: undefined,
  finishReasons: undefined,
  timing: { firstByteMs: 1, durationMs: 2 },
}
const judged: Judged = {
  decision: decision('allow'),
  blockedMessage: undefined,
  rewritten: undefined,
  changes: [],
}
const plain: Relayed = {
  ...noResponse,
  end: 'complete',
  status: 200,
  headers: { 'content-type': 'application/json', 'x-request-id': 'r' },
  held: Buffer.from('{"rest":1}'),
}
const stream: Relayed = {
  ...plain,
  headers: { 'content-type': 'text/event-stream' },
  stream: true,
  held: Buffer.from('data: [DONE]\n\n'),
}
const cut = new UpstreamError('upstream_cut', 'it was cut')
const blocked: Judged = { ...judged, decision: decision('block', 'no-cards'), blockedMessage: 'No cards' }

const end = (changed: Partial<ResponseEnd>): ResponseEnd => ({
  exchange,
  format,
  provider: 'openai',
  providerStatus: changed.relayed?.status,
  relayed: plain,
  isHeadSent: false,
  outcome,
  reportsError: false,
  asked: decision('allow'),
  judged,
  delivered: undefined,
  nowSeconds: 1_800_000_000,
  ...changed,
})

type Seen = { outcome: string; event: string; status: number; error?: string; response: unknown }

/** An ending in a line: the code of the error, and the status and last bytes that the client gets. */
function seen({ outcome, event, response }: Ending): Seen {
  const { status } = event.data
  const error = 'error' in event.data ? event.data.error.code : undefined
  return {
    outcome,
    event: event.type.split('.')[1]!,
    status,
    ...(error && { error }),
    response:
      typeof response === 'string'
        ? response
        : [response.status, String(response.bytes), ...(response.isCut ? ['cut'] : [])],
  }
}

const halfStream: Relayed = { ...stream, held: Buffer.alloc(0), follower: format.createFollower() }
halfStream.follower!.push(
  readFrame(Buffer.from('data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello wo"}}]}\n\n')),
)

const rows: [name: string, end: ResponseEnd, seen: Omit<Seen, 'response'> & { response: unknown }][] = [
  [
    'the client left before the response began',
    end({ relayed: { ...noResponse, end: 'client-left' }, judged: undefined }),
    { outcome: 'aborted', event: 'response-aborted', status: 499, response: 'none' },
  ],
  [
    'the client left within the response',
    end({ relayed: { ...stream, end: 'client-left' }, isHeadSent: true, judged: undefined }),
    { outcome: 'aborted', event: 'response-aborted', status: 200, response: 'none' },
  ],
  [
    'the provider failed, and nothing was sent',
    end({ relayed: { ...noResponse, end: cut }, judged: undefined }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 502,
      error: 'upstream_cut',
      response: [502, /"code":"upstream_cut"/],
    },
  ],
  [
    'the provider failed between two frames',
    end({ relayed: { ...stream, end: cut, held: Buffer.alloc(0) }, isHeadSent: true, judged: undefined }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 200,
      error: 'upstream_cut',
      response: [200, /^data: .*"upstream_cut"/],
    },
  ],
  [
    'the provider failed behind what completes the response',
    end({ relayed: { ...stream, end: cut }, isHeadSent: true, judged: undefined }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 200,
      error: 'upstream_cut',
      response: [200, /^data: \[DONE\]\n\n$/, 'cut'],
    },
  ],
  [
    'the provider failed between two elements of a list',
    end({
      relayed: { ...stream, end: cut, held: Buffer.alloc(0), list: 'begun' },
      isHeadSent: true,
      judged: undefined,
    }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 200,
      error: 'upstream_cut',
      response: [200, /^,\n\{.*"upstream_cut".*\}\n\]$/],
    },
  ],
  [
    'a list is blocked before its first element was sent',
    end({ relayed: { ...stream, list: 'unsent' }, judged: blocked }),
    {
      outcome: 'response-blocked',
      event: 'response-blocked',
      status: 200,
      response: [200, /^\[\{.*"content_filter".*\},\n\[DONE\]\n\]$/],
    },
  ],
  [
    'the provider failed within a frame',
    end({ relayed: { ...stream, end: cut, isMidFrame: true }, isHeadSent: true, judged: undefined }),
    { outcome: 'failed', event: 'response-failed', status: 200, error: 'upstream_cut', response: 'cut' },
  ],
  [
    'the provider failed within a response that is no stream',
    end({ relayed: { ...plain, end: cut }, isHeadSent: true, judged: undefined }),
    { outcome: 'failed', event: 'response-failed', status: 200, error: 'upstream_cut', response: 'cut' },
  ],
  [
    'the stream ended before its end',
    end({ relayed: halfStream, isHeadSent: true }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 200,
      error: 'upstream_incomplete',
      response: [200, /^$/],
    },
  ],
  [
    'the provider sent an error',
    end({ relayed: { ...plain, status: 429, held: Buffer.from('slow down') }, judged: undefined }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 429,
      error: 'upstream_status',
      response: [429, /^slow down$/],
    },
  ],
  [
    'policy blocked a plain response',
    end({ judged: blocked }),
    { outcome: 'response-blocked', event: 'response-blocked', status: 403, response: [403, /No cards/] },
  ],
  [
    'policy blocked a stream that was held whole',
    end({ relayed: stream, judged: blocked }),
    {
      outcome: 'response-blocked',
      event: 'response-blocked',
      status: 200,
      response: [200, /content_filter.*\[DONE\]/s],
    },
  ],
  [
    'policy blocked a stream of a format that has no ending for that',
    end({ relayed: stream, format: formats['openai.audio']!, judged: blocked }),
    {
      outcome: 'response-blocked',
      event: 'response-blocked',
      status: 200,
      response: [200, /^data: \{"error":.*No cards.*\}\n\n$/],
    },
  ],
  [
    'a guard ended a stream on its way',
    end({
      relayed: { ...stream, guard: { blockedEnding: () => 'ended by the guard' } as unknown as FrameGuard },
      isHeadSent: true,
      judged: blocked,
    }),
    {
      outcome: 'response-blocked',
      event: 'response-blocked',
      status: 200,
      response: [200, /^ended by the guard$/],
    },
  ],
  [
    'a response that reports an error under status 200',
    end({ reportsError: true }),
    {
      outcome: 'failed',
      event: 'response-failed',
      status: 200,
      error: 'upstream_error',
      response: [200, /^\{"rest":1\}$/],
    },
  ],
  [
    'a response that was rewritten',
    end({ judged: { ...judged, rewritten: Buffer.from('{"text":"[EMAIL]"}'), changes: ['redacted'] } }),
    {
      outcome: 'completed',
      event: 'response-completed',
      status: 200,
      response: [200, /^\{"text":"\[EMAIL\]"\}$/],
    },
  ],
  [
    'a complete response',
    end({}),
    { outcome: 'completed', event: 'response-completed', status: 200, response: [200, /^\{"rest":1\}$/] },
  ],
  [
    'a complete stream',
    end({ relayed: stream, isHeadSent: true }),
    { outcome: 'completed', event: 'response-completed', status: 200, response: [200, /^data: \[DONE\]/] },
  ],
]

for (const [name, input, { response, ...expected }] of rows)
  test(`${name} → ${expected.event}`, () => {
    const { response: rest, ...event } = seen(endingOf(input))
    assert.deepEqual(event, expected)
    if (typeof response === 'string') assert.equal(rest, response)
    else {
      const [status, bytes, end] = rest as [number, string, string?]
      const [expectedStatus, pattern, expectedEnd] = response as [number, RegExp, string?]
      assert.equal(end, expectedEnd)
      assert.equal(status, expectedStatus)
      assert.match(bytes, pattern)
    }
  })

test('a head that was not sent has the exchange, the decision and the length; one that was sent has nothing to say', () => {
  const { response } = endingOf(end({}))
  assert.ok(typeof response === 'object')
  assert.deepEqual(response.headers, {
    'content-type': 'application/json',
    'x-request-id': 'r',
    'x-airs-exchange-id': 'exchange-1',
    'x-session-id': 'session-1',
    'x-airs-decision': 'allow',
    'content-length': '10',
  })
  const sent = endingOf(end({ relayed: stream, isHeadSent: true })).response
  assert.ok(typeof sent === 'object')
  assert.deepEqual(sent.headers, {})
})

test('a block names the policy that did it', () => {
  const { response } = endingOf(end({ judged: blocked }))
  assert.ok(typeof response === 'object')
  assert.match(String(response.bytes), /no-cards/)
})

test('what was delivered is part of the event of a response that was changed', () => {
  const delivered = { body: outcome.body, changes: ['redacted' as const] }
  const { event } = endingOf(end({ delivered }))
  assert.deepEqual('delivered' in event.data && event.data.delivered, delivered)
})

test('frames of an error can be read', () => {
  const { response } = endingOf(
    end({ relayed: { ...stream, end: cut, held: Buffer.alloc(0) }, isHeadSent: true, judged: undefined }),
  )
  assert.ok(typeof response === 'object')
  assert.ok(JSON.parse(readFrame(Buffer.from(response.bytes)).data))
})
