import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditSummary, type Client, isPassing, type OpenExchange } from '@airs-cp/client'
import type { IngressBacklog } from './ingress-backlog.ts'
import { newestRequest } from './newest-request.ts'

export type Backlog = {
  /** Exchanges under way, a thousand at most. */
  openExchanges: OpenExchange[]
  ingresses: IngressBacklog[]
  /** Of what has arrived: journals with places that are still empty. */
  incompleteJournals: AuditSummary['journals']
  lostEvents: number
  /** Large bodies that lineage is about to read. */
  unreadBodies: number
  /** No request was recorded during the time of quiet. */
  isQuiet: boolean
  /** Since the last request; null where there never was one. */
  quietSeconds: number | null
}

/** How long no request may be recorded before traffic counts as stopped. */
const quietMs = 3_000
const pollMs = 500

/** Whether everything that was ever journalled is in Postgres, every exchange has its end, and no more comes. */
export function isDrained({
  openExchanges,
  ingresses,
  incompleteJournals,
  unreadBodies,
  isQuiet,
}: Backlog): boolean {
  return (
    isQuiet &&
    openExchanges.length === 0 &&
    incompleteJournals.length === 0 &&
    unreadBodies === 0 &&
    ingresses.length > 0 &&
    ingresses.every(({ unconfirmed }) => unconfirmed === 0)
  )
}

/**
 * Looks until everything has drained, `waitMs` at most but long enough to see whether traffic has stopped.
 * @returns what is left at the end.
 */
export async function drain(
  client: Client,
  askIngresses: () => Promise<IngressBacklog[]>,
  { waitMs, signal, onLook }: { waitMs: number; signal: AbortSignal; onLook: (backlog: Backlog) => void },
): Promise<Backlog> {
  const deadline = performance.now() + Math.max(waitMs, quietMs + pollMs)
  let newest = await newestRequest(client.events)
  const beganAt = performance.now()
  let quietSince = beganAt
  for (;;) {
    await sleep(pollMs, undefined, { signal })
    try {
      const now = await newestRequest(client.events)
      if (now?.mark !== newest?.mark) quietSince = performance.now()
      newest = now
      const lookedAt = performance.now()
      const isQuiet = lookedAt - quietSince >= quietMs
      const quietSeconds = now ? Math.max(0, Math.floor((Date.now() - Date.parse(now.time)) / 1_000)) : null
      const backlog = { ...(await look(client, askIngresses)), isQuiet, quietSeconds }
      onLook(backlog)
      // A control plane that is slow to answer may leave no look after the time of quiet and before the deadline.
      const couldBeQuiet = lookedAt - beganAt >= quietMs
      if (isDrained(backlog) || (couldBeQuiet && performance.now() >= deadline)) return backlog
    } catch (error) {
      if (!isPassing(error) || performance.now() >= deadline) throw error
    }
  }
}

async function look(
  client: Client,
  askIngresses: () => Promise<IngressBacklog[]>,
): Promise<Omit<Backlog, 'isQuiet' | 'quietSeconds'>> {
  const [summary, openExchanges, lineage, ingresses] = await Promise.all([
    client.audit.summary({ journals: 'all' }),
    client.audit.openExchanges(),
    client.sessions.lineageBacklog(),
    askIngresses(),
  ])
  return {
    openExchanges,
    ingresses,
    incompleteJournals: summary.journals.filter(({ committed, seen }) => committed < seen),
    lostEvents: summary.gaps.lostEvents,
    unreadBodies: lineage.pending,
  }
}
