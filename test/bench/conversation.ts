import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectBus } from '@airs-cp/bus'
import { eventTypes, sha256Hex } from '@airs-cp/events'
import { openJournal } from '@airs-cp/journal'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { allRecorded } from '../../services/ingress/decision/cover-content.ts'
import type { Exchange } from '../../services/ingress/exchange.ts'
import { createRecorder } from '../../services/ingress/recording/recorder.ts'
import { agentSession } from '../support/agent-session.ts'
import { startStack } from '../support/stack.ts'
import { allTables, type StoredBytes, storedBytes } from '../support/stored-bytes.ts'
import { fixed, table } from '../support/table.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '200' },
    bytes: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`What a coding agent's session costs: bytes by store, and time of recording its first and last requests. Beside it
the same requests each in a session of its own, of which nothing is known: so every request was recorded before.
  --turns N     default 200
  --bytes N     of the last request; default 300000
  --rounds N    sessions whose recording is timed; default 20`)
  process.exit(0)
}

const turns = Number(values.turns)
const bodies = agentSession({ turns, finalBytes: Number(values.bytes) })
const last = bodies.at(-1)!
const mebibytes = (bytes: number) => fixed(bytes / 2 ** 20, 2)

async function benchStores(): Promise<void> {
  const directory = makeTemporaryDirectory()
  const stack = await startStack({ dataDir: directory.path })
  const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'bench', max: 1 })
  const bus = await connectBus({ url: stack.natsUrl, name: 'bench' })
  try {
    const stored = async () => {
      await stack.settled()
      await allDerived(database)
      return {
        ...(await storedBytes(directory.path, bus, database)),
        relations: await relationBytes(database),
      }
    }
    const send = async (session: string, body: Buffer) => {
      const response = await fetch(`${stack.urls.ingress}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': session },
        body,
      })
      const text = await response.text()
      if (!response.ok) throw new Error(text)
    }
    const [alone] = agentSession({ turns: 1, finalBytes: 500, toolBytes: 60 })
    await send('warm', alone!)
    const marks = [await stored()]
    for (let turn = 0; turn < turns; turn++) await send(`alone ${turn}`, alone!)
    marks.push(await stored())
    for (const body of bodies) await send('agent', body)
    marks.push(await stored())
    for (const [turn, body] of bodies.entries()) await send(`apart ${turn}`, body)
    marks.push(await stored())
    const stores: Record<string, (of: StoredBytes) => number> = {
      journal: ({ journal }) => journal,
      JetStream: ({ jetstream }) => jetstream,
      'events in Postgres': ({ events }) => events,
      'all tables of Postgres': allTables,
    }
    const rows = Object.entries(stores).map(([name, of]) => {
      const [none, one, apart] = [1, 2, 3].map((at) => of(marks[at]!) - of(marks[at - 1]!))
      const times = (bytes: number) => `${mebibytes(bytes)} (${fixed(bytes / last.length, 2)})`
      return [name, times(one!), times(one! - none!), times(apart!)]
    })
    console.log(
      `${turns} requests, the last of ${last.length} bytes, together ${mebibytes(bodies.reduce((sum, { length }) => sum + length, 0))} MiB: MiB stored (times the last request)\n`,
    )
    console.log(
      table(['', 'one session', 'beyond exchanges without history', 'each in a session of its own'], rows),
    )
    const grown = (name: string, at: number) =>
      (marks[at]!.relations.get(name) ?? 0) - (marks[at - 1]!.relations.get(name) ?? 0)
    const most = [...marks[2]!.relations.keys()]
      .toSorted((a, b) => grown(b, 2) - grown(b, 1) - grown(a, 2) + grown(a, 1))
      .slice(0, 16)
      .map((name) => [name, ...[2, 1].map((at) => fixed(grown(name, at) / last.length, 2))])
    console.log('\nTables and indexes that grew most by the history: times the last request\n')
    console.log(table(['', 'one session', 'exchanges without history'], most))
  } finally {
    await bus.close()
    await database.destroy()
    await stack.stop()
    directory.remove()
  }
}

/** What is found out of bodies after their events are applied is there, and what indexes had put off. */
async function allDerived(database: Database<unknown>): Promise<void> {
  const isWaiting = async () => {
    const { rows } = await sql<{ waiting: boolean }>`select exists (select from audit.words_pending)
      or exists (select from lineage.pending_flows) as waiting`.execute(database)
    return rows[0]!.waiting
  }
  while (await isWaiting()) await new Promise((done) => setTimeout(done, 100))
}

/** Each table without its indexes, what of it is stored apart, and each index. */
async function relationBytes(database: Database<unknown>): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; bytes: number }>`
    select coalesce(n.nspname || '.' || owner.relname || ', long values', m.nspname || '.' || c.relname) as name,
      sum(pg_relation_size(c.oid))::float8 as bytes
    from pg_class c join pg_namespace m on m.oid = c.relnamespace
      left join pg_index i on i.indexrelid = c.oid
      left join pg_class owner on owner.reltoastrelid in (c.oid, i.indrelid)
      left join pg_namespace n on n.oid = owner.relnamespace
    where c.relkind in ('r', 'i', 't') and coalesce(n.nspname, m.nspname) in ('audit', 'lineage', 'policy', 'export')
    group by 1`.execute(database)
  return new Map(rows.map(({ name, bytes }) => [name, bytes]))
}

/** Of building what is recorded of each request; writing it to the disk is not in it. Of all rounds the least counts. */
async function benchTime(): Promise<void> {
  const directory = makeTemporaryDirectory()
  const journal = await openJournal({ directory: join(directory.path, 'journal') })
  const recorder = createRecorder({
    ...{ journal, mode: 'strict', source: '/airs/bench', tenant: 'default', digestKey: 'k' },
    replicated: async () => {},
    coverOfUnjudged: () => allRecorded,
  })
  const microsOf = (work: () => void) => {
    const startedAtMs = performance.now()
    work()
    return (performance.now() - startedAtMs) * 1_000
  }
  const record = async (session: string, body: Buffer) => {
    const exchange = { id: crypto.randomUUID(), session, tenant: 'default', caller: undefined }
    const own = recorder.open(exchange as Exchange).coverBy(allRecorded)
    let recorded: ReturnType<typeof own.body> | undefined
    const micros = microsOf(() => {
      recorded = own.body(body, 'application/json', undefined, 'request')
    })
    await own.event(eventTypes.requestReceived, { request: { body: recorded } } as never)
    return micros
  }
  const least = { one: new Map<number, number>(), apart: new Map<number, number>() }
  const digests: number[] = []
  const note = (of: Map<number, number>, turn: number, micros: number) =>
    of.set(turn, Math.min(micros, of.get(turn) ?? Number.POSITIVE_INFINITY))
  const isMeasured = (turn: number) => (turn > 0 && turn <= 10) || turn >= turns - 10
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [turn, body] of bodies.entries()) {
      const micros = await record(`session ${round}`, body)
      if (!isMeasured(turn)) continue
      note(least.one, turn, micros)
      note(least.apart, turn, await record(`apart ${round} ${turn}`, body))
      if (turn > 10) digests.push(microsOf(() => sha256Hex(body)))
    }
  const mean = (of: Map<number, number>, isFirst: boolean) => {
    const some = [...of].filter(([turn]) => turn <= 10 === isFirst).map(([, micros]) => micros)
    return fixed(some.reduce((sum, micros) => sum + micros, 0) / some.length, 0)
  }
  console.log('\nµs of recording a request, of ten each\n')
  console.log(
    table(
      ['', 'one session', 'each in a session of its own'],
      [
        ['first', mean(least.one, true), mean(least.apart, true)],
        ['last', mean(least.one, false), mean(least.apart, false)],
      ],
    ),
  )
  console.log(`\nThe SHA-256 of the last request alone takes ${fixed(Math.min(...digests), 0)}.\n`)
  await journal[Symbol.asyncDispose]()
  directory.remove()
}

await benchTime()
await benchStores()
process.exit()
