import assert from 'node:assert/strict'
import { test } from 'node:test'
import { envelopeSchema, eventTypes } from '@airs-cp/events'
import type { JournalEntry } from '@airs-cp/journal'
import fc from 'fast-check'
import { createEventWriter } from './write-event.ts'

const journal = '01890000-0000-7000-8000-000000000001'
const place = fc.record(
  {
    source: fc.string({ minLength: 1, unit: 'binary' }),
    tenant: fc.constantFrom('default', 'a-1'),
    session: fc.string({ unit: 'binary' }),
    exchange: fc.uuid(),
    traceparent: fc.string({ unit: 'binary' }),
  },
  { requiredKeys: ['source', 'tenant', 'session'] },
)

function textOf(event: JournalEntry['event']): string {
  return event instanceof Uint8Array ? String(event) : [event].flat().join('')
}

test('an event is the JSON of its envelope, whatever is in it', () => {
  fc.assert(
    fc.property(place, fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (place, data) => {
      const write = createEventWriter(place)
      const { id, event, subject } = write(
        eventTypes.requestReceived,
        JSON.stringify(data),
        '"recording":"strict"',
      )(journal, 7)
      const { exchange, traceparent } = place
      const written = JSON.parse(textOf(event))
      assert.deepEqual(written, {
        specversion: '1.0',
        id,
        type: eventTypes.requestReceived,
        source: place.source,
        ...(exchange !== undefined && { subject: exchange }),
        time: new Date(Date.parse(written.time)).toISOString(),
        datacontenttype: 'application/json',
        tenant: place.tenant,
        ...(exchange !== undefined && { session: place.session, exchange }),
        journal,
        sequence: 7,
        ...(traceparent !== undefined && { traceparent }),
        data: JSON.parse(JSON.stringify({ recording: 'strict', ...data })),
      })
      assert.match(subject, new RegExp(`^airs\\.traffic\\.${place.tenant}\\.\\d+\\.request-received$`))
    }),
  )
})

test('the envelope is the one that everybody parses, and its members keep their order', () => {
  const write = createEventWriter({
    source: 'airs-cp/ingress/1',
    tenant: 'default',
    session: 's',
    caller: 'key:1',
    exchange: '01890000-0000-7000-8000-000000000002',
  })
  const { event } = write(eventTypes.contentRecorded, '{"bytes":1}')(journal, 1)
  const parsed = JSON.parse(textOf(event))
  assert.deepEqual(envelopeSchema.parse(parsed), parsed)
  assert.deepEqual(
    Object.keys(parsed),
    Object.keys(envelopeSchema.shape).filter((key) => key !== 'traceparent' && key !== 'facts'),
  )
  assert.equal(textOf(event), JSON.stringify(parsed))
})
