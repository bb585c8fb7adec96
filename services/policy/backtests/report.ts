import { type Action, sha256Hex } from '@airs-cp/events'
import { documentDigest } from '../policies/policies.ts'
import type { BacktestInput } from './input.ts'
import {
  type ChangedExchange,
  type Counts,
  type Difference,
  differences,
  maxChanges,
  type PolicyCounts,
  type Tally,
} from './tally.ts'

const maxReportedSessions = 100
/** A report travels in one event. */
const maxReportBytes = 700_000

/** What a backtest came to. The same input gives the same report, and so the same digest. */
export type BacktestReport = {
  /** Of the policies that were tested, each as its document is: what a digest vouches for. */
  tested: { name: string; document: string }[]
  /** SHA-256 over the documents of the other policies that were in force with them. */
  others: string
  /** Whether the tested policies were judged as enforcing, whatever mode they say. */
  enforce: boolean
  from: string | null
  until: string
  /** The only exchange that was judged. */
  exchange?: string
  exchanges: number
  judged: number
  rejected: number
  unanswered: number
  unread: { reason: string; sides: number }[]
  unreadExchanges: string[]
  before: Partial<Record<Action, number>>
  after: Partial<Record<Action, number>>
  /** Against what was recorded. */
  counts: Counts
  /** Against what was in force when it was asked for: what the documents under test change. */
  fileCounts?: Counts
  /** Names of the policies that were in force then. */
  inForce?: string[]
  byPolicy: ({ policy: string; tested: boolean } & PolicyCounts)[]
  byModel: ({ model: string; exchanges: number } & Counts)[]
  /** Those with the most differences. */
  bySession: ({ session: string } & Counts)[]
  /** The first differences, in order of time. */
  changes: ChangedExchange[]
  /** Differences that are counted and not listed. */
  changesLeftOut: number
}

/** Digests of the documents of a set; `others` are those that are not under test. */
function describeSet({ set, tested }: Pick<BacktestInput, 'set' | 'tested'>) {
  const digests = set.policies.map(({ name, document }) => ({ name, document: documentDigest(document) }))
  const isTested = ({ name }: { name: string }) => tested.includes(name)
  return {
    tested: byKey(digests.filter(isTested), ({ name }) => name),
    others: sha256Hex(
      JSON.stringify(
        byKey(
          digests.filter((one) => !isTested(one)),
          ({ name }) => name,
        ),
      ),
    ),
  }
}

export function makeReport(input: BacktestInput, tally: Tally): BacktestReport {
  const total = differences.reduce((sum, difference) => sum + tally.counts[difference], 0)
  return fitted(total, {
    ...describeSet(input),
    enforce: input.enforce,
    from: input.from ?? null,
    until: input.until,
    ...(input.exchange !== undefined && { exchange: input.exchange }),
    exchanges: tally.exchanges,
    judged: tally.judged,
    rejected: tally.rejected,
    unanswered: tally.unanswered,
    unread: byKey(
      Object.entries(tally.unread).map(([reason, sides]) => ({ reason, sides })),
      ({ reason }) => reason,
    ),
    unreadExchanges: tally.unreadExchanges,
    before: sorted(tally.before),
    after: sorted(tally.after),
    counts: tally.counts,
    ...(input.inForce && { fileCounts: tally.fileCounts }),
    ...(input.namesInForce && { inForce: input.namesInForce }),
    byPolicy: byKey(
      Object.entries(tally.byPolicy).map(([policy, counts]) => ({
        policy,
        tested: input.tested.includes(policy),
        ...counts,
      })),
      ({ policy }) => policy,
    ),
    byModel: byKey(
      Object.entries(tally.byModel).map(([model, counts]) => ({ model, ...counts })),
      ({ model }) => model,
    ),
    bySession: byKey(
      Object.entries(tally.bySession).map(([session, counts]) => ({ session, ...counts })),
      ({ session }) => session,
    )
      .sort((a, b) => sumOf(b) - sumOf(a))
      .slice(0, maxReportedSessions),
    changes: tally.changes,
    changesLeftOut: Math.max(0, total - maxChanges),
  })
}

/** Long names of sessions and many policies leave less room for the list. */
function fitted(total: number, report: BacktestReport): BacktestReport {
  if (JSON.stringify(report).length <= maxReportBytes || report.changes.length === 0) return report
  const changes = report.changes.slice(0, report.changes.length >> 1)
  return fitted(total, { ...report, changes, changesLeftOut: total - changes.length })
}

/** SHA-256 over the report as JSON with its keys in order, so that anybody can make it again. */
export function reportDigest(report: BacktestReport): string {
  return sha256Hex(JSON.stringify(canonical(report)))
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, canonical(child)]),
  )
}

function sumOf(counts: Record<Difference, number>): number {
  return differences.reduce((sum, difference) => sum + counts[difference], 0)
}

function byKey<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function sorted<Value>(values: Partial<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(byKey(Object.entries(values), ([name]) => name)) as Record<string, Value>
}
