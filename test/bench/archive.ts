import { globSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openQuery, readParquet, writeParquet } from '@airs-cp/archive'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

const { values: options } = parseArgs({ options: { exchanges: { type: 'string', default: '20000' } } })
const exchanges = Number(options.exchanges)
const promptBytes = 2_048

/** Words of our documents. At random they compress worse than what people write, and no two texts are alike. */
const words = globSync('docs/*.md', { cwd: join(import.meta.dirname, '..', '..') })
  .sort()
  .flatMap((file) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8').split(/\s+/))
  .filter((word) => word !== '')

let state = 1
/** The same at each run. */
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return (state >>> 8) % below
}

function textOf(bytes: number): string {
  let text = ''
  while (text.length < bytes) text += `${words[random(words.length)]} `
  return text.slice(0, bytes)
}

const source = createTrafficSource()
function makeExchange(): TestEvent[] {
  const body = (text: string) => JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] })
  const request = source.request(undefined, undefined, body(textOf(promptBytes)))
  return [request, source.completed(request.exchange, request.session, body(textOf(600)))]
}

const directory = makeTemporaryDirectory()
const servers = await startServers()
try {
  const events = Array.from({ length: exchanges }, makeExchange).flat()
  const textBytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
  const database = openDatabase<unknown>({ url: servers.databaseUrl('airs_audit'), name: 'bench', max: 1 })
  for (let from = 0; from < events.length; from += 500) {
    const some = events.slice(from, from + 500)
    await sql`insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, event)
      select id::uuid, type, 'default', session, exchange, ${source.journal}, sequence, now(), event
      from unnest(${some.map(({ id }) => id)}::text[], ${some.map(({ type }) => type)}::text[],
        ${some.map(({ session }) => session)}::text[], ${some.map(({ exchange }) => exchange)}::text[],
        ${some.map(({ sequence }) => sequence)}::bigint[], ${some.map(({ json }) => json)}::text[])
        as e (id, type, session, exchange, sequence, event)`.execute(database)
  }
  const { rows } = await sql<{ table: number; indexes: number }>`
    select pg_table_size('audit.events') as table, pg_indexes_size('audit.events') as indexes`.execute(
    database,
  )
  await database.destroy()

  const file = join(directory.path, 'day.parquet')
  async function* lines() {
    for (const [leaf, { json }] of events.entries()) yield { line: Buffer.from(json), leaf }
  }
  const began = process.cpuUsage()
  await writeParquet(file, lines())
  const written = process.cpuUsage(began)
  let read = 0
  for await (const { line } of readParquet(file)) read += line.length
  if (read !== textBytes) throw new Error(`${read} bytes were read back, and ${textBytes} written`)
  const { size } = await stat(file)
  await using query = await openQuery({ archived: [file], others: [] }, join(directory.path, 'scratch'))
  const askedAt = performance.now()
  await Array.fromAsync((await query.run('select model, state, count(*) from exchanges group by 1, 2')).rows)
  const askedMs = performance.now() - askedAt

  const each = (bytes: number) => `${Math.round(bytes / events.length)} bytes an event`
  const { table, indexes } = rows[0]!
  console.log(`${events.length} events of ${exchanges} exchanges, prompts of ${promptBytes} bytes`)
  console.log(`text            ${each(textBytes)}`)
  console.log(`audit.events    ${each(table)}, its indexes ${each(indexes)}`)
  console.log(`Parquet         ${each(size)}: ${((table + indexes) / size).toFixed(1)} times smaller`)
  console.log(
    `to write it     ${Math.round((written.user + written.system) / events.length)} us of CPU an event`,
  )
  console.log(`a query over all exchanges  ${Math.round(askedMs)} ms`)
} finally {
  await servers.stop()
  directory.remove()
}
