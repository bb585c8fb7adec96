import assert from 'node:assert/strict'
import { test } from 'node:test'
import { traceSend } from './trace-events.ts'

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}`
const bytes = (event: object) => new TextEncoder().encode(JSON.stringify(event))

test('a send is traced where the trace of the event is sampled, by the attribute alone', () => {
  assert.ok(traceSend('S', 'id', bytes({ id: 'x', traceparent: `${traceparent}-01`, data: {} })))
  assert.equal(
    traceSend('S', 'id', bytes({ id: 'x', traceparent: `${traceparent}-00`, data: {} })),
    undefined,
  )
  assert.equal(traceSend('S', 'id', bytes({ id: 'x', data: {} })), undefined)
  const quoted = { id: 'x', data: { body: `{"traceparent":"${traceparent}-01"}` } }
  assert.equal(traceSend('S', 'id', bytes(quoted)), undefined)
})
