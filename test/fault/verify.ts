import { eventTypes } from '@airs-cp/events'
import { sql } from 'kysely'
import { findDeadLetters } from './dead-letters.ts'
import { journalsOnDisk } from './journal-on-disk.ts'
import { type Ledger, missingFrom, type RecordedExchange } from './ledger.ts'
import { readRecorded } from './read-recorded.ts'
import type { Digest, SentExchange } from './send-exchange.ts'
import type { World } from './world.ts'

/** What became of the exchanges sent since some moment. `problems` says what must not be. */
export type Verdict = {
  exchanges: number
  finished: number
  lost: number
  duplicated: number
  abandoned: number
  open: number
  gaps: number
  unaccounted: number
  problems: string[]
}

const stateOfOutcome: Record<string, string> = {
  [eventTypes.responseCompleted]: 'completed',
  [eventTypes.responseBlocked]: 'response-blocked',
  [eventTypes.responseFailed]: 'failed',
  [eventTypes.responseAborted]: 'aborted',
  [eventTypes.exchangeAbandoned]: 'abandoned',
}
const stateOfOpening: Record<string, string> = {
  [eventTypes.requestReceived]: 'open',
  [eventTypes.requestBlocked]: 'request-blocked',
  [eventTypes.requestRejected]: 'request-rejected',
}

/** What is compared: what was sent and asked for, and where it is recorded. */
export type Recorded = Pick<World, 'upstream' | 'load' | 'database' | 'ledger'> & {
  /** Folders of the journals of every ingress. */
  journals: () => string[]
}

/** Compares what clients saw and what the provider was asked with what is in Postgres. Nothing may be under way. */
export async function verify(world: Recorded, sinceMs: number, isExempt = false): Promise<Verdict> {
  await readRecorded(world)
  const sent = [...world.load.log.values()].filter(({ startedAtMs }) => startedAtMs >= sinceMs)
  const verdict = compare(sent, world.ledger, isExempt)
  await compareWithUpstream(world, sent, verdict, isExempt)
  compareWithDisk(world, verdict)
  await compareWithLineage(world, verdict)
  await compareOpenExchanges(world, verdict)
  const deadLetters = await findDeadLetters(world.database)
  verdict.unaccounted += deadLetters.count
  verdict.problems.push(...deadLetters.problems)
  return verdict
}

/** @param isExempt where losses are allowed, because they are counted: they make no problem then. */
export function compare(sent: SentExchange[], ledger: Ledger, isExempt: boolean): Verdict {
  const verdict: Verdict = {
    exchanges: sent.length,
    finished: sent.filter(({ end }) => end === 'finished').length,
    lost: 0,
    duplicated: 0,
    abandoned: 0,
    open: 0,
    gaps: 0,
    unaccounted: 0,
    problems: [...ledger.problems],
  }
  verdict.duplicated += ledger.problems.length
  for (const seen of sent) judge(seen, ledger.byMarker.get(seen.marker), verdict, isExempt)
  for (const [journal, recorded] of ledger.journals) {
    const missing = missingFrom(recorded)
    verdict.gaps += missing.length
    verdict.unaccounted += missing.length
    if (missing.length > 0)
      verdict.problems.push(`journal ${journal} lacks ${missing.length} events, from ${missing[0]} on`)
  }
  return verdict
}

function judge(
  seen: SentExchange,
  recorded: RecordedExchange | undefined,
  verdict: Verdict,
  isExempt: boolean,
): void {
  const lose = (what: string) => {
    verdict.lost++
    if (!isExempt) verdict.problems.push(`${describe(seen)}: ${what}`)
  }
  const openings = recorded?.openings ?? []
  const outcomes = recorded?.outcomes ?? []
  if (openings.length > 1 || outcomes.length > 1) {
    verdict.duplicated++
    verdict.problems.push(
      `${describe(seen)}: recorded as ${[...openings, ...outcomes].map(({ type }) => type).join(', ')}`,
    )
  }
  const [opening] = openings
  const [outcome] = outcomes
  if (outcome?.type === eventTypes.exchangeAbandoned) verdict.abandoned++
  else if (opening?.type === eventTypes.requestReceived && !outcome) verdict.open++

  if (seen.end === 'finished') {
    if (!opening) lose('the request is not recorded')
    else if (!isEqual(opening.body, seen.request)) lose('other bytes of the request are recorded')
    else if (!outcome) lose('the outcome is not recorded')
    else if (outcome.type !== eventTypes.responseCompleted) lose(`is recorded as ${outcome.type}`)
    else if (!isEqual(outcome.body, seen.response)) lose('other bytes of the answer are recorded')
    else if (recorded!.exchange !== seen.exchange || recorded!.session !== seen.session)
      lose(`is recorded under ${recorded!.exchange} in session ${recorded!.session}`)
  } else if (seen.end === 'refused' && seen.code !== 'audit_unavailable') {
    if (!opening) lose('the refusal is not recorded')
    else if (opening.type === eventTypes.requestReceived && !outcome) lose('the failure is not recorded')
  } else if (opening?.body && !isEqual(opening.body, seen.request))
    lose('other bytes of the request are recorded')
}

/** What the provider was asked must be recorded, whatever became of it. */
async function compareWithUpstream(
  { upstream, ledger }: Recorded,
  sent: SentExchange[],
  verdict: Verdict,
  isExempt: boolean,
): Promise<void> {
  if (isExempt) return
  for (const seen of sent) {
    if (!upstream.asked.has(seen.marker)) continue
    const opening = ledger.byMarker.get(seen.marker)?.openings[0]
    if (opening?.type === eventTypes.requestReceived) continue
    verdict.unaccounted++
    verdict.problems.push(`${describe(seen)}: the provider was asked, and the request is not recorded`)
  }
}

function compareWithDisk({ journals, ledger }: Recorded, verdict: Verdict): void {
  for (const [journal, last] of journals().flatMap((directory) => [...journalsOnDisk(directory)])) {
    const highest = ledger.journals.get(journal)?.highest ?? 0
    if (highest >= last) continue
    verdict.unaccounted += last - highest
    verdict.problems.push(`journal ${journal} has ${last} events on disk, Postgres ${highest}`)
  }
}

/** Behind the name of a session that another caller has too, such as one of version 0.1, which knew no callers. */
const ofAnotherCaller = /~[0-9a-f]{16}$/

async function compareWithLineage({ database, ledger }: Recorded, verdict: Verdict): Promise<void> {
  const { rows } = await sql<{ exchange: string; session: string; state: string }>`
    select exchange, session, state from lineage.exchanges`.execute(database)
  const named = (session: string) => session.replace(ofAnotherCaller, '')
  const states = new Map(rows.map(({ exchange, session, state }) => [exchange, `${named(session)} ${state}`]))
  let wrong = 0
  for (const { exchange, session, openings, outcomes } of ledger.exchanges.values()) {
    const state = outcomes[0] ? stateOfOutcome[outcomes[0].type] : stateOfOpening[openings[0]?.type ?? '']
    if (states.get(exchange) === `${session} ${state}`) continue
    if (wrong++ < 3)
      verdict.problems.push(`lineage has exchange ${exchange} as ${states.get(exchange)}, not as ${state}`)
  }
  const strangers = rows.filter(({ exchange }) => !ledger.exchanges.has(exchange)).length
  if (wrong + strangers === 0) return
  verdict.unaccounted += wrong + strangers
  verdict.problems.push(
    `lineage differs in ${wrong} exchanges and has ${strangers} that the event store has not`,
  )
}

/** The audit service's own list of exchanges without outcome; it must not name one that has ended, or else it abandons it. */
async function compareOpenExchanges({ database, ledger }: Recorded, verdict: Verdict): Promise<void> {
  const { rows } = await sql<{ exchange: string }>`select exchange from audit.open_exchanges`.execute(
    database,
  )
  const listed = new Set(rows.map(({ exchange }) => exchange))
  const open = [...ledger.exchanges.values()].filter(
    ({ openings, outcomes }) => openings[0]?.type === eventTypes.requestReceived && outcomes.length === 0,
  )
  const forgotten = open.filter(({ exchange }) => !listed.has(exchange))
  const ended = [...listed].filter((exchange) => !open.some((one) => one.exchange === exchange))
  if (forgotten.length + ended.length === 0) return
  verdict.unaccounted += forgotten.length + ended.length
  verdict.problems.push(
    `audit.open_exchanges lacks ${forgotten.length} and has ${ended.length} that have ended, such as ${ended[0] ?? forgotten[0]?.exchange}`,
  )
}

function isEqual(recorded: Digest | undefined, seen: Digest): boolean {
  return recorded?.sha256 === seen.sha256 && recorded.bytes === seen.bytes
}

function describe({ exchange, marker, end, stream, status }: SentExchange): string {
  return `${stream ? 'streamed' : 'plain'} exchange ${exchange ?? `with marker ${marker}`} (${end}, ${status ?? 'no status'})`
}
