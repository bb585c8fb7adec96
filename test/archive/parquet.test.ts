import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ArchivedEvent, readParquet, writeParquet } from '@airs-cp/archive'
import fc from 'fast-check'
import { literal, openDuckDb } from '../../libs/archive/duckdb.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 30 })
const event = fc.record(
  {
    id: fc.uuid(),
    type: fc.constantFrom('airs.request-received.v1', 'airs.response-completed.v1'),
    time: fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((at) => at.toISOString()),
    tenant: anyText,
    session: anyText,
    journal: anyText,
    sequence: fc.nat(),
    facts: fc.constant('airs-facts/1'),
    data: fc.record(
      {
        provider: anyText,
        agent: anyText,
        tags: fc.array(anyText, { maxLength: 3 }),
        status: fc.integer({ min: 100, max: 599 }),
        stream: fc.boolean(),
        usage: fc.record(
          { inputTokens: fc.maxSafeNat(), outputTokens: fc.maxSafeNat() },
          { requiredKeys: [] },
        ),
        cost: fc.record({ usdMicros: fc.maxSafeNat() }),
        timing: fc.record({ durationMs: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
        decision: fc.record({
          action: fc.constantFrom('allow', 'redact', 'block'),
          verdicts: fc.array(fc.record({ policy: anyText }), { maxLength: 2 }),
          findings: fc.array(fc.record({ type: anyText }), { maxLength: 2 }),
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['id', 'type', 'time'] },
)

async function* each(lines: readonly string[], from = 0): AsyncGenerator<ArchivedEvent> {
  for (const [at, line] of lines.entries()) yield { line: Buffer.from(line), leaf: from + at }
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'airs-parquet-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function readAll(file: string) {
  return Array.fromAsync(readParquet(file))
}

test('every event comes back byte for byte and in its order, and its columns say what its text says', () =>
  inFolder((folder) =>
    fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
        const lines = events.map((one) => JSON.stringify(one))
        const file = join(folder, 'day.parquet')
        await writeParquet(file, each(lines, 7))
        const read = await readAll(file)
        assert.deepEqual(
          read.map(({ line }) => line.toString()),
          lines,
        )
        assert.deepEqual(
          read.map(({ leaf }) => leaf),
          lines.map((_, at) => at + 7),
        )
        assert.deepEqual(
          read.flatMap(({ wrong }) => wrong),
          [],
        )
      }),
      { numRuns: 30 },
    ),
  ))

test('events of more bytes than a part stay in their order, and no part is left', () =>
  inFolder(async (folder) => {
    const long = 'x'.repeat(900_000)
    const lines = Array.from({ length: 60 }, (_, at) =>
      JSON.stringify({ id: String(at), type: 't', time: '2026-11-27T00:00:00.000Z', data: { long } }),
    )
    const file = join(folder, 'day.parquet')
    await writeParquet(file, each(lines))
    const read = await readAll(file)
    assert.deepEqual(
      read.map(({ line }) => line.toString()),
      lines,
    )
    assert.deepEqual(await readdir(folder), ['day.parquet'])
  }))

test('a column that says something else than the text of its event is named', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'day.parquet')
    await writeParquet(file, each(['{"id":"a","time":"2026-11-27T00:00:00.000Z","data":{"agent":"one"}}']))
    await using session = await openDuckDb()
    const forged = join(folder, 'forged.parquet')
    await session.connection.run(
      `copy (select * replace ('two' as agent) from ${literal(file)}) to ${literal(forged)} (format parquet)`,
    )
    const [read] = await readAll(forged)
    assert.deepEqual(read!.wrong, ['agent'])
  }))
