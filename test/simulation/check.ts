import type { RecordingMode } from '@airs-cp/events'
import { leafRecord, saltedDigest } from '@airs-cp/evidence'
import {
  checkpointBody,
  Frontier,
  formatVerifierKey,
  type Hash,
  leafHash,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from '@airs-cp/transparency-log'
import type pg from 'pg'
import type { Scene } from './faults.ts'
import type { Ledger } from './ledger.ts'

export type Facts = {
  client: pg.Client
  ledger: Ledger
  /** Every checkpoint that was published, in order. */
  notes: string[]
  scene: Scene
  mode: RecordingMode
}

type StoredEvent = {
  id: string
  type: string
  journal: string | null
  sequence: number | null
  exchange: string | null
  event: string
  position: number
}

async function count(client: pg.Client, query: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${query}`)
  return rows[0]!.count
}

/** What is still waited for; nothing when everything has arrived that is to arrive. */
export async function isSettled({ client, ledger, scene }: Facts): Promise<string[]> {
  const { ingress, audit } = scene
  const waiting: string[] = []
  if (!ingress.isRunning) waiting.push('the ingress runs')
  else {
    const { journal, shipper, busy } = ingress.running!
    const { available, message } = journal.state()
    if (!available) waiting.push(`the journal is available: ${message}`)
    if (busy() > 0) waiting.push(`${busy()} exchanges end`)
    const { journals } = shipper.stats()
    for (const { journal: id, durable, shipped, confirmed } of journals)
      if (confirmed < durable)
        waiting.push(`journal ${id} is confirmed beyond ${confirmed} of ${durable}; ${shipped} are shipped`)
    if (journals.length > 1) waiting.push(`${journals.length - 1} earlier journals are deleted`)
  }
  const status = audit.running?.log.status()
  if (status?.state !== 'sound') waiting.push(`the log is sound: ${status?.problem ?? 'it has not begun'}`)
  const events = await count(client, 'audit.events')
  if (status?.signed?.size !== events)
    waiting.push(`${events} events are in the log: ${status?.signed?.size} are`)
  const missing = [...ledger.acknowledged].length - (await storedOf(client, ledger))
  if (missing > 0) waiting.push(`${missing} acknowledged events are stored`)
  const behind = await count(client, 'audit.journals where committed < seen')
  if (behind > 0) waiting.push(`${behind} journals are complete`)
  const { rows: open } = await client.query<{ exchange: string }>('select exchange from audit.open_exchanges')
  const unexpected = open.filter(({ exchange }) => !ledger.unfinished.has(exchange))
  if (unexpected.length > lostUnsynced(scene)) waiting.push(`${unexpected.length} exchanges have an outcome`)
  const gaps = await count(client, 'audit.gaps where closed_at is null and not lost')
  if (gaps > 0) waiting.push(`${gaps} gaps are closed`)
  const size = await client.query<{ size: number }>('select max(size) as size from audit.log_checkpoints')
  if (size.rows[0]?.size !== events) waiting.push(`the published checkpoint has ${events} leaves`)
  return waiting
}

/** In mode `best-effort` an exchange goes on without what the journal did not take, and the journal counts that. */
function lostUnsynced({ ingress }: Scene): number {
  return ingress.running?.journal.state().lost ?? 0
}

async function storedOf(client: pg.Client, ledger: Ledger): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from audit.events where id = any($1::uuid[])',
    [[...ledger.acknowledged]],
  )
  return rows[0]!.count
}

/** Acknowledged = durable = exactly once = gapless = provable. @returns every violation. */
export async function check(facts: Facts): Promise<string[]> {
  const { rows: events } = await facts.client.query<StoredEvent>(
    'select id, type, journal, sequence, exchange, event, position from audit.events order by position',
  )
  return [
    ...checkAcknowledged(facts, events),
    ...checkJournals(events, await lostSequences(facts)),
    ...(await checkExchanges(facts, events)),
    ...(await checkLog(facts, events)),
  ]
}

function checkAcknowledged({ ledger }: Facts, events: StoredEvent[]): string[] {
  const problems: string[] = []
  const stored = new Map<string, StoredEvent[]>()
  for (const event of events) stored.set(event.id, [...(stored.get(event.id) ?? []), event])
  for (const id of ledger.acknowledged) {
    const { journal, sequence } = ledger.attempted.get(id)!
    const times = stored.get(id)?.length ?? 0
    if (times !== 1) problems.push(`acknowledged event ${sequence} of ${journal} is stored ${times} times`)
  }
  for (const { id, journal, sequence, event } of events) {
    if (journal === null) continue
    const written = ledger.attempted.get(id)
    if (!written) {
      // Facts about the ingress go to the journal itself.
      continue
    }
    if (written.journal !== journal || written.sequence !== sequence || written.event !== event)
      problems.push(`event ${sequence} of ${journal} is not what was written`)
  }
  return problems
}

/** By journal, in order. In mode `best-effort` alone anything may be lost. */
async function lostSequences({ client }: Facts): Promise<Map<string, number[]>> {
  const { rows } = await client.query<{ journal: string; sequence: number }>(
    `select distinct journal, generate_series(from_sequence, to_sequence)::int as sequence from audit.gaps where lost`,
  )
  return new Map(
    [...Map.groupBy(rows, ({ journal }) => journal)].map(([journal, lost]) => [
      journal,
      lost.map(({ sequence }) => sequence),
    ]),
  )
}

/** Every sequence of a journal is stored once, or known to be lost. */
function checkJournals(events: StoredEvent[], lost: Map<string, number[]>): string[] {
  const problems: string[] = []
  const journals = Map.groupBy(
    events.filter(({ journal }) => journal !== null),
    ({ journal }) => journal!,
  )
  for (const [journal, ofJournal] of journals) {
    const stored = ofJournal.map(({ sequence }) => sequence!)
    const sequences = [...stored, ...(lost.get(journal) ?? [])].sort((a, b) => a - b)
    const wrong = sequences.findIndex((sequence, at) => sequence !== at + 1)
    if (wrong >= 0) problems.push(`journal ${journal} has ${sequences[wrong]} in place ${wrong + 1}`)
  }
  return problems
}

const outcome = /^airs\.(response-|request-blocked|request-rejected|exchange-abandoned)/

async function checkExchanges(
  { client, ledger, scene, mode }: Facts,
  events: StoredEvent[],
): Promise<string[]> {
  const problems: string[] = []
  const buried = await client.query<{ error: string }>('select error from audit.dead_letters limit 3')
  for (const { error } of buried.rows) problems.push(`a dead letter: ${error}`)
  const lost = await count(client, 'audit.gaps where lost')
  if (lost > 0 && mode !== 'best-effort') problems.push(`${lost} ranges are taken for lost`)
  const exchanges = Map.groupBy(
    events.filter(({ exchange, type }) => exchange !== null && !type.startsWith('airs.content')),
    ({ exchange }) => exchange!,
  )
  let mayBeOpen = lostUnsynced(scene)
  for (const [exchange, ofExchange] of exchanges) {
    const types = ofExchange.map(({ type }) => type)
    const outcomes = types.filter((type) => outcome.test(type)).length
    const isExplained =
      outcomes === 1 || (outcomes === 0 && (ledger.unfinished.has(exchange) || mayBeOpen-- > 0))
    if (!isExplained) problems.push(`exchange ${exchange} has ${types.join(', ')}`)
  }
  return problems
}

type Leaf = {
  leaf_index: number
  position: number
  salt: Buffer
  facts: Buffer
  hash: Buffer
  record: string
}

async function checkLog({ client, notes, scene }: Facts, events: StoredEvent[]): Promise<string[]> {
  const problems: string[] = []
  const logs = await count(client, 'audit.logs')
  if (logs > 1) problems.push(`${logs} logs were begun`)
  const { rows: leaves } = await client.query<Leaf>(
    'select leaf_index, position, salt, facts, hash, record from audit.log_leaves order by leaf_index',
  )
  const byPosition = new Map(events.map((event) => [event.position, event]))
  const frontier = new Frontier(0, [])
  const roots: Hash[] = [frontier.root()]
  for (const [at, leaf] of leaves.entries()) {
    if (leaf.leaf_index !== at) problems.push(`leaf ${leaf.leaf_index} stands in place ${at}`)
    const event = byPosition.get(leaf.position)
    byPosition.delete(leaf.position)
    if (!event) problems.push(`leaf ${at} has no event of its own`)
    else {
      const record = leafRecord(JSON.parse(event.event), saltedDigest(leaf.salt, event.event), leaf.facts)
      if (record.toString('latin1') !== leaf.record) problems.push(`leaf ${at} is not of its event`)
      if (!leafHash(record).equals(leaf.hash)) problems.push(`the hash of leaf ${at} is wrong`)
    }
    frontier.append(leaf.hash, () => {})
    roots.push(frontier.root())
  }
  if (byPosition.size > 0) problems.push(`${byPosition.size} events have no leaf`)
  const keys = (scene.audit.running?.log.status().keys ?? []).map(parseVerifierKey)
  let before = 0
  for (const note of notes) {
    const parsed = parseNote(note)
    const { size, root } = checkpointBody(parsed.text)
    try {
      verifyNote(parsed, keys)
    } catch (error) {
      problems.push(`the checkpoint of size ${size}: ${error}, by ${keys.map(formatVerifierKey)}`)
    }
    if (!roots[size]?.equals(root)) problems.push(`the checkpoint of size ${size} is of another tree`)
    if (size < before) problems.push(`a checkpoint of size ${size} followed one of ${before}`)
    before = size
  }
  return problems
}
