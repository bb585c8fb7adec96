import { sql } from 'kysely'
import { createLedger, missingFrom } from '../fault/ledger.ts'
import type { World } from './world.ts'

const pageSize = 500
const patienceMs = 60_000

export type Account = {
  events: number
  lost: number
  doubled: number
  unexplained: number
  problems: string[]
}

/** Compares what clients saw with what is recorded, once everything has had time to arrive. */
export async function account(world: World): Promise<Account> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const result = await compare(world)
    if (result.problems.length === 0 || Date.now() > deadline) return result
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

async function compare(world: World): Promise<Account> {
  const ledger = createLedger()
  let after = 0
  for (;;) {
    const { rows } = await sql<{ position: number; event: string }>`
      select position, event from audit.events where position > ${after} order by position limit ${sql.lit(pageSize)}`.execute(
      world.database,
    )
    for (const { position, event } of rows) {
      ledger.add(event)
      after = position
    }
    if (rows.length < pageSize) break
  }
  const problems = [...ledger.problems]
  let lost = 0
  for (const exchange of world.finished) {
    const recorded = ledger.exchanges.get(exchange)
    if (recorded?.openings.length === 1 && recorded.outcomes.length === 1) continue
    lost += 1
    problems.push(
      `exchange ${exchange} ended with 200 and is recorded with ${recorded?.openings.length ?? 0} openings and ${recorded?.outcomes.length ?? 0} outcomes`,
    )
  }
  let unexplained = 0
  for (const [journal, recorded] of ledger.journals) {
    const missing = missingFrom(recorded)
    if (missing.length === 0) continue
    unexplained += missing.length
    problems.push(`journal ${journal} lacks ${missing.length} events, from ${missing[0]} on`)
  }
  const open = [...ledger.exchanges.values()].filter(
    ({ openings, outcomes }) => openings[0]?.type.includes('request-received') && outcomes.length === 0,
  )
  if (open.length > 0) problems.push(`${open.length} exchanges have no outcome, such as ${open[0]!.exchange}`)
  for (const schema of ['audit', 'lineage', 'policy', 'export']) {
    const { rows } = await sql<{ projection: string; event_id: string; error: string }>`
      select projection, event_id, error from ${sql.id(schema, 'dead_letters')} where replayed_at is null`.execute(
      world.database,
    )
    unexplained += rows.length
    for (const { projection, event_id, error } of rows.slice(0, 3))
      problems.push(`${projection} buried event ${event_id}: ${error.slice(0, 200)}`)
  }
  return { events: ledger.events.size, lost, doubled: ledger.problems.length, unexplained, problems }
}
