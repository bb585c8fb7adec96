import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  bodyBytes,
  contentBytes,
  contentFinder,
  eventTypes,
  type RecordedBody,
  type RecordedContent,
  sha256Hex,
} from '@airs-cp/events'
import { EpochReader, openJournal } from '@airs-cp/journal'
import fc from 'fast-check'
import type { Cover, Exchange } from '../exchange.ts'
import { NotReplicatedError } from '../shipping/not-replicated-error.ts'
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
        const settled = await record.settle(body!, () => undefined)
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

test('what JetStream does not acknowledge has an outcome all the same, and one alone', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'recorder-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  await using journal = await openJournal({ directory })
  const missing = new Set<number>()
  const recorder = createRecorder({
    ...{ journal, mode: 'replicated', source: '/airs/test', tenant: 'default', digestKey: 'k' },
    replicated: async (id, sequence) => {
      if (missing.has(sequence)) throw new NotReplicatedError(id, sequence, 5_000)
    },
    coverOfUnjudged: () => cover,
  })
  const open = (id: string) =>
    recorder
      .open({ id, session: 's', tenant: 'default', startedAtMs: performance.now() } as Exchange)
      .coverBy(cover)
  const request = { provider: 'openai' } as never
  missing.add(1)
  await assert.rejects(open('refused').event(eventTypes.requestReceived, request), NotReplicatedError)
  const cut = open('cut')
  await cut.event(eventTypes.requestReceived, request)
  missing.add(journal.state().synced + 1)
  await assert.rejects(cut.event(eventTypes.responseCompleted, {} as never), NotReplicatedError)

  using reader = new EpochReader(directory, journal.id!, (report) => assert.fail(JSON.stringify(report)))
  const events = reader
    .read({ sequence: journal.state().synced }, 1_000_000)
    .map(({ event }) => JSON.parse(event.toString()))
  assert.deepEqual(
    events.map(({ type, exchange }) => [exchange, type]),
    [
      ['refused', eventTypes.requestReceived],
      ['refused', eventTypes.responseFailed],
      ['cut', eventTypes.requestReceived],
      ['cut', eventTypes.responseCompleted],
    ],
  )
  assert.deepEqual([events[1].data.provider, events[1].data.error.code], ['openai', 'audit_unavailable'])
})

test('bodies of conversations come back from the events of their own session alone, whatever is masked between', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'recorder-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const open = async () => {
    const journal = await openJournal({ directory })
    const recorder = createRecorder({
      ...{ journal, mode: 'strict', source: '/airs/test', tenant: 'default', digestKey: 'k' },
      replicated: async () => {},
      coverOfUnjudged: () => cover,
    })
    return { journal, recorder }
  }
  const turn = fc.record({
    session: fc.constantFrom('a', 'b', 'c'),
    text: fc
      .integer({ min: 20, max: 3_000 })
      .map((length) => `é${String(length).repeat(1_000).slice(0, length)}`),
    covered: fc.constantFrom('full', 'full', 'masked', 'nothing'),
    after: fc.constantFrom('', '', '', '', 'forget', 'restart'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 40 }), async (turns) => {
      let { journal, recorder } = await open()
      const journals = [journal.id!]
      const said = new Map<string, string[]>()
      const ends = new Map<string, number>()
      const written: { session: string; bytes: Buffer; body: RecordedBody }[] = []
      for (const { session, text, covered, after } of turns) {
        const messages = said.get(session) ?? ['the same in all sessions '.repeat(300)]
        said.set(session, [...messages, text])
        const all = Buffer.from(JSON.stringify({ messages: said.get(session), tools: ['t'.repeat(2_000)] }))
        const masked = Buffer.from(all.toString().replaceAll('1', '[DIGIT]'))
        const bytes = { full: all, masked, nothing: Buffer.alloc(0) }[covered]!
        const given = { full: undefined, masked, nothing: null }[covered]
        const exchange = { id: crypto.randomUUID(), session, tenant: 'default', caller: undefined }
        const record = recorder.open(exchange as Exchange).coverBy(cover)
        const body = await record.body(all, 'application/json', given, 'request')
        await record.event(eventTypes.requestReceived, { request: { body } } as never)
        ends.set(journal.id!, journal.state().synced)
        written.push({ session, bytes, body })
        if (after === 'forget') recorder.forgetContents()
        if (after === 'restart') {
          await journal[Symbol.asyncDispose]()
          ;({ journal, recorder } = await open())
          journals.push(journal.id!)
        }
      }
      const contents = new Map<string, RecordedContent>()
      for (const id of journals) {
        using reader = new EpochReader(directory, id, (report) => assert.fail(JSON.stringify(report)))
        for (let records = reader.read({ sequence: ends.get(id) ?? 0 }, 1_000_000); records.length > 0; ) {
          for (const { event } of records) {
            const { type, session, data } = JSON.parse(event.toString())
            if (type === eventTypes.contentRecorded) contents.set(`${session} ${data.sha256}`, data)
          }
          records = reader.read({ sequence: ends.get(id)! }, 1_000_000)
        }
      }
      for (const { session, bytes, body } of written) {
        const own = contentFinder((sha256) => contents.get(`${session} ${sha256}`))
        assert.ok(bodyBytes(body, own).equals(bytes))
      }
      await journal[Symbol.asyncDispose]()
    }),
    { numRuns: 15 },
  )
})
