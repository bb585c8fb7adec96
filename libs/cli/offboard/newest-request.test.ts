import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventQuery } from '@airs-cp/client'
import { eventTypes, openingTypes } from '@airs-cp/events'
import fc from 'fast-check'
import { newestRequest } from './newest-request.ts'

type Recorded = { type: string; journal: string | undefined }

/** Pages of a log, newest first, as the control API gives them. */
function readerOf(log: readonly Recorded[]) {
  const all = log.map((one, position) => {
    const event = { id: String(position), time: new Date(position).toISOString(), ...one }
    return { json: JSON.stringify(event), event: event as never }
  })
  return {
    async page({ type, limit = 1_000 }: EventQuery = {}) {
      const events = all.toReversed().filter((_, index) => !type || log.at(-1 - index)!.type === type)
      return { events: events.slice(0, limit), next: null }
    },
  }
}

const request = fc.record({ type: fc.constantFrom(...openingTypes), journal: fc.constant('j') })
/** What is recorded after it: outcomes, and what the control plane does, such as exports. */
const other = fc.record({
  type: fc.constantFrom(eventTypes.responseCompleted, eventTypes.exportRequested, eventTypes.contentRead),
  journal: fc.constant(undefined),
})

test('the newest request is found whatever and however much was recorded since', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request), fc.array(other, { size: '+1' }), async (requests, others) => {
      const found = await newestRequest(readerOf([...requests, ...others]))
      assert.equal(found?.time, requests.length > 0 ? new Date(requests.length - 1).toISOString() : undefined)
    }),
  )
})
