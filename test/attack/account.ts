import { eventTypes } from '@airs-cp/events'
import { findDeadLetters } from '../fault/dead-letters.ts'
import { createLedger, type Ledger, missingFrom } from '../fault/ledger.ts'
import { readRecorded } from '../fault/read-recorded.ts'
import type { World } from './world.ts'

const patienceMs = 180_000

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
  const ledger = createLedger()
  for (;;) {
    await readRecorded({ database: world.database, ledger })
    const result = await compare(world, ledger)
    if (result.problems.length === 0 || Date.now() > deadline) return result
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

async function compare(world: World, ledger: Ledger): Promise<Account> {
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
    ({ openings, outcomes }) => openings[0]?.type === eventTypes.requestReceived && outcomes.length === 0,
  )
  if (open.length > 0) problems.push(`${open.length} exchanges have no outcome, such as ${open[0]!.exchange}`)
  const deadLetters = await findDeadLetters(world.database)
  unexplained += deadLetters.count
  problems.push(...deadLetters.problems)
  return { events: ledger.events.size, lost, doubled: ledger.problems.length, unexplained, problems }
}
