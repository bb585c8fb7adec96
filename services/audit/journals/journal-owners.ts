import type { Delivery } from '@airs-cp/bus'
import { type AnyEvent, eventTypes, ingressOfSource } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'

/**
 * A journal belongs to the ingress that first published an event of it, or that found it at its start. NATS lets an ingress publish
 * under its own name alone, so that one that was taken over can neither fill places of another's journal nor say how much
 * is in it. What ingresses of version 0.1 have shipped has no name, and no ingress can publish it any more; the first that
 * comes later with a name becomes the owner.
 * @throws for an event about another's journal; alone in its batch, it becomes a dead letter.
 */
export async function claimJournals(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
): Promise<void> {
  const claims = deliveries.flatMap(({ event, ingress }) =>
    journalsOf(event).map((journal) => ({ journal, ingress, event })),
  )
  if (claims.length === 0) return
  const owners = await ownersOf(transaction, [...new Set(claims.map(({ journal }) => journal))])
  const fresh = new Map<string, string>()
  for (const { journal, ingress, event } of claims) {
    if (ingress === undefined) continue
    const owner = owners.get(journal) ?? fresh.get(journal)
    if (owner !== undefined && owner !== ingress)
      throw new Error(`Event ${event.id} of ${ingress} is about journal ${journal}, which is of ${owner}`)
    if (owner === undefined) fresh.set(journal, ingress)
  }
  if (fresh.size > 0)
    await sql`insert into audit.journals as j (journal, committed, seen, ingress)
      select journal, 0, 0, ingress from unnest(${[...fresh.keys()]}::text[], ${[...fresh.values()]}::text[]) as t (journal, ingress)
      on conflict (journal) do update set ingress = excluded.ingress`.execute(transaction)
}

/** Whether a message that this ingress published can be about a journal. */
export async function mayBeOf(
  database: Kysely<AuditTables>,
  ingress: string | undefined,
  journal: string,
): Promise<boolean> {
  if (ingress === undefined) return true
  const owner = (await ownersOf(database, [journal])).get(journal)
  return owner === undefined || owner === ingress
}

/** Processes that have ended, as far as the ingress that says so can know of them: its own, and those without a name. */
export function endedSources(
  { data }: Extract<AnyEvent, { type: typeof eventTypes.ingressStarted }>,
  ingress: string | undefined,
): string[] {
  const { previous, alsoEnded = [] } = data
  return [...(previous === undefined ? [] : [previous]), ...alsoEnded].filter((source) => {
    const named = ingressOfSource(source)
    return named === undefined || named === ingress
  })
}

function journalsOf(event: AnyEvent): string[] {
  const own = event.journal === undefined ? [] : [event.journal]
  if (event.type === eventTypes.ingressStarted)
    return [...own, ...event.data.journals.map(({ journal }) => journal)]
  return own
}

async function ownersOf(database: Kysely<AuditTables>, journals: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ journal: string; ingress: string }>`
    select journal, ingress from audit.journals
    where journal = any(${journals}::text[]) and ingress is not null`.execute(database)
  return new Map(rows.map(({ journal, ingress }) => [journal, ingress]))
}
