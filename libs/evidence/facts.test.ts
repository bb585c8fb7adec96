import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Decision, eventTypes, parseEvent, recordBody, sha256Hex } from '@airs-cp/events'
import { sha256 } from '@airs-cp/transparency-log'
import fc from 'fast-check'
import { factsOf, withoutContent } from './facts.ts'
import { contentSalt } from './leaf.ts'

const id = '01900000-0000-7000-8000-000000000001'
const envelope = {
  specversion: '1.0',
  id,
  source: '/airs/ingress/1',
  subject: 'exchange-1',
  time: '2026-11-28T10:00:00.000Z',
  datacontenttype: 'application/json',
  tenant: 'default',
  session: 'session-1',
  exchange: 'exchange-1',
  journal: 'journal-1',
  sequence: 7,
}

/** One event of each type that may hold content, with `planted` wherever a client, a provider or an app can put a text. */
function eventsWith(planted: string) {
  const body = recordBody(Buffer.from(planted), `text/plain; name="${planted}"`)
  const original = { bytes: 9, digest: sha256Hex(planted), recorded: 'masked' }
  const decision: Decision = {
    action: 'redact',
    mode: 'enforce',
    policySet: 3,
    verdicts: [
      {
        policy: 'p',
        version: 1,
        mode: 'enforce',
        action: 'redact',
        enforced: true,
        findings: [0],
        message: planted,
      },
    ],
    findings: [
      {
        ...{ detector: 'pii', type: 'EMAIL', path: `/${planted}`, start: 0, end: 4, confidence: 1 },
        ...{ digest: sha256Hex(planted), tool: planted, features: [{ name: planted, weight: 1 }] },
      },
    ],
    scanned: { characters: 4, skipped: [{ path: `/${planted}`, reason: `image: ${planted}` }] },
  }
  const request = { method: 'POST', format: 'openai.chat', stream: false, body: { ...body, original } }
  const opening = {
    recording: 'strict',
    request: { ...request, path: `/v1/chat/completions?note=${planted}` },
    tags: ['t'],
    sources: [planted],
    whole: body,
    mcp: { server: 's', kind: 'request', direction: 'client-to-server', method: 'tools/call', name: planted },
  }
  const outcome = {
    ...{ recording: 'strict', provider: 'mock', status: 200, stream: false, body },
    delivered: { body, changes: ['restored'] },
    attempts: [{ provider: 'mock', startedAfterMs: 1, durationMs: 2, error: planted }],
    usage: { inputTokens: 1, estimated: false },
    timing: { durationMs: 3 },
  }
  const error = { code: 'upstream_error', message: planted }
  const unknown = { method: 'GET', path: `/v1/${planted}`, stream: false, coverage: 'bytes only', body }
  return [
    [
      eventTypes.requestReceived,
      {
        ...opening,
        provider: 'mock',
        decision,
        forwarded: { body, changes: ['redacted'], ignored: [planted] },
      },
    ],
    [eventTypes.requestReceived, { ...opening, provider: 'mock', decision, request: unknown }],
    [eventTypes.requestBlocked, { ...opening, provider: 'mock', decision, status: 403 }],
    [
      eventTypes.requestRejected,
      { ...opening, request: { ...unknown, coverage: undefined }, status: 404, error },
    ],
    [eventTypes.responseCompleted, { ...outcome, decision }],
    [eventTypes.responseBlocked, { ...outcome, decision }],
    [eventTypes.responseFailed, { ...outcome, error }],
    [eventTypes.responseAborted, outcome],
    [
      eventTypes.contentRecorded,
      { sha256: sha256Hex(planted), bytes: Buffer.byteLength(planted), text: planted },
    ],
    [eventTypes.eventOmitted, { event: id, subject: planted, reason: planted, body }],
  ].map(([type, data]) => JSON.parse(JSON.stringify({ ...envelope, type, data })))
}

const salts = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))
const secrets = fc.stringMatching(/^QZ[a-zA-Z0-9]{12,40}$/)

test('facts are an event, and have neither content nor a digest that a guess of it can be checked against', () => {
  fc.assert(
    fc.property(secrets, salts, (planted, salt) => {
      for (const event of eventsWith(planted)) {
        parseEvent(JSON.stringify(event))
        const facts = factsOf(event, salt)
        assert.ok(!facts.includes(planted), facts)
        assert.ok(!facts.includes(sha256Hex(planted)), facts)
        const read = parseEvent(facts)
        assert.equal(read.facts, 'airs-facts/1')
        assert.deepEqual(
          [read.id, read.type, read.time, read.session, read.sequence],
          [event.id, event.type, event.time, event.session, event.sequence],
        )
      }
    }),
  )
})

test('who has the content and its salt finds its digest in the facts', () => {
  const salt = Buffer.alloc(32, 7)
  const [event] = eventsWith('something that was said')
  const { data } = JSON.parse(factsOf(event, salt))
  const digest = event.data.request.body.sha256
  assert.equal(
    data.request.body.sha256,
    sha256(Buffer.concat([contentSalt(salt), Buffer.from(digest)])).toString('hex'),
  )
})

test('what is shown without content has places and digests, and no text', () => {
  for (const event of eventsWith('planted')) {
    const { sources: _, ...shown } = JSON.parse(withoutContent(event)).data
    const places = JSON.stringify(shown.decision ?? {})
    assert.ok(!JSON.stringify({ ...shown, decision: 0, request: 0 }).includes('planted'))
    if (event.data.decision) assert.ok(places.includes('"path":"/planted"'))
    if (event.data.request?.format) assert.equal(shown.request.path, '/v1/chat/completions')
  }
})
