import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { contentBytes, eventTypes, type RecordedContent, sha256Hex } from '@airs-cp/events'
import { EpochReader, openJournal } from '@airs-cp/journal'
import fc from 'fast-check'
import type { Cover, Exchange } from '../exchange.ts'
import { createRecorder } from './recorder.ts'

const mediaType = 'text/event-stream'
const cover: Cover = {
  query: undefined,
  keeps: 'held',
  request: () => undefined,
  forwarded: () => undefined,
  response: () => undefined,
}

test('what an outcome refers to is recorded, in whatever chunks the provider sent it and the client got it', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'recorder-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  await using journal = await openJournal({ directory })
  const recorder = createRecorder({
    journal,
    mode: 'strict',
    source: '/airs/test',
    tenant: 'default',
    replicated: async () => {},
    digestKey: 'k',
    coverOfUnjudged: () => cover,
  })
  const recorded = () => {
    using reader = new EpochReader(directory, journal.id!, (report) => assert.fail(JSON.stringify(report)))
    const contents = new Map<string, RecordedContent>()
    for (;;) {
      const records = reader.read({ sequence: journal.state().synced }, 1_000_000)
      if (records.length === 0) return contents
      for (const { event } of records) {
        const { type, data } = JSON.parse(event.toString())
        if (type === eventTypes.contentRecorded) contents.set(data.sha256, data)
      }
    }
  }

  const chunks = fc.array(fc.integer({ min: 2_000, max: 70_000 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200_000 }),
      fc.nat(),
      chunks,
      chunks,
      async (size, seed, ...ways) => {
        const bytes = Buffer.from(`${seed} `.repeat(size).slice(0, size))
        const exchange = { id: crypto.randomUUID(), session: 's', tenant: 'default', caller: undefined }
        const record = recorder.open(exchange as Exchange).coverBy(cover)
        const [body] = ways.map((lengths) => {
          const recording = record.openBody()
          for (let from = 0, at = 0; from < bytes.length; at++) {
            const to = Math.min(from + lengths[at % lengths.length]!, bytes.length)
            recording.push(bytes.subarray(from, to))
            from = to
          }
          return recording.finish(mediaType)
        })
        const settled = record.settle(body!, () => undefined)
        await record.event(eventTypes.responseCompleted, { body: settled } as never)
        if (!settled.parts) return
        const contents = recorded()
        const parts = settled.parts.map((part) =>
          typeof part === 'string' ? Buffer.from(part) : contentBytes(contents.get(part.sha256)!),
        )
        assert.equal(sha256Hex(Buffer.concat(parts)), settled.sha256)
      },
    ),
    { numRuns: 60 },
  )
})
