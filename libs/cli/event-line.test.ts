import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope } from '@airs-cp/client'
import { eventLine } from './event-line.ts'

test('an event is a short line, whatever names clients choose', () => {
  const long = 'm'.repeat(300_000)
  const data = { model: long, provider: long, reason: long, decision: { action: long } }
  const event = { id: 'e', type: `exchange.${long}`, time: 't', session: long, data }
  const line = eventLine(event as unknown as EventEnvelope, (_, text) => text)
  assert.ok(line.length < 2_500, String(line.length))
  assert.match(line, /^t {2}m{300}… {2}m{300}… {2}via m{296}… .* e$/)
})
