import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AnyEvent,
  contentBytes,
  eventTypes,
  parseEvent,
  type RecordedBody,
  sha256Hex,
  trafficSubject,
  uuidv7,
} from '@airs-cp/events'
import fc from 'fast-check'
import { type Message, substitutesOf } from './substitutes.ts'

const journal = uuidv7()
const limitBytes = 64 * 1024

/** Parses every message as a consumer does, and puts together what the last one refers to. */
function read(messages: Message[]): { last: AnyEvent; whole: Buffer } {
  const events = messages.map(({ subject, id, event }) => {
    assert.ok(event.length <= limitBytes, `${event.length} bytes`)
    const parsed = parseEvent(event.toString('utf8'))
    assert.equal(parsed.id, id)
    assert.equal(subject, trafficSubject(parsed.tenant, parsed.session ?? parsed.source, parsed.type))
    return parsed
  })
  const last = events.pop()!
  const contents = new Map(
    events.map((event) => {
      assert.ok(event.type === eventTypes.contentRecorded && event.sequence === undefined)
      return [event.data.sha256, contentBytes(event.data)]
    }),
  )
  const data = last.data as { whole?: RecordedBody; body?: RecordedBody }
  const { parts, sha256 } = (data.whole ?? data.body)!
  const whole = Buffer.concat(parts!.map((part) => contents.get((part as { sha256: string }).sha256)!))
  assert.equal(sha256Hex(whole), sha256)
  return { last, whole }
}

const entryOf = (event: Buffer, sequence = 5) => ({
  sequence,
  timeMs: Date.now(),
  subject: 'airs.traffic.default.3.request-rejected',
  id: uuidv7(),
  event,
})

test('an event that is too large goes out cut, in its own place, with its data beside it', () => {
  const unit = fc.constantFrom('x', '\u0001', '漢', '\ud800', '"')
  fc.assert(
    fc.property(unit, fc.integer({ min: 0, max: 300_000 }), fc.nat(3_000), (text, length, tags) => {
      const data = {
        recording: 'strict',
        request: { method: 'POST', path: '/v1/chat/completions', model: text.repeat(length), stream: false },
        tags: Array.from({ length: tags }, (_, index) => `tag ${index} ${text}`),
        sources: [],
        status: 400,
        error: { code: 'invalid', message: text.repeat(length) },
      }
      const event = {
        specversion: '1.0',
        id: uuidv7(),
        type: eventTypes.requestRejected,
        source: '/airs/ingress/test',
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        tenant: 'default',
        session: 's',
        exchange: uuidv7(),
        journal,
        sequence: 5,
        data,
      }
      const entry = entryOf(Buffer.from(JSON.stringify(event)))
      const messages = substitutesOf(journal, entry, limitBytes, 'too large')
      const { last, whole } = read(messages)
      assert.deepEqual(
        { type: last.type, id: last.id, journal: last.journal, sequence: last.sequence },
        { type: event.type, id: event.id, journal, sequence: 5 },
      )
      assert.deepEqual(JSON.parse(whole.toString('utf8')), JSON.parse(JSON.stringify(data)))
      assert.deepEqual(substitutesOf(journal, entry, limitBytes, 'too large'), messages)
    }),
    { numRuns: 20 },
  )
})

test('what is no event is omitted, in its place, and its bytes are kept', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300_000 })
  fc.assert(
    fc.property(bytes, (array) => {
      const entry = entryOf(Buffer.from(array))
      const { last, whole } = read(substitutesOf(journal, entry, limitBytes, 'too large'))
      assert.ok(last.type === eventTypes.eventOmitted)
      assert.deepEqual([last.journal, last.sequence, last.data.event], [journal, 5, entry.id])
      assert.ok(whole.equals(entry.event))
    }),
    { numRuns: 30 },
  )
})
