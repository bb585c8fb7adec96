import { failedStates } from '@airs-cp/events'
import type { ExchangeRow } from '../search/exchange-rows.ts'

/** What is counted. `failed` are those of `failedStates`, and those with a status from 400 that a provider sent. */
export const measures = [
  'exchanges',
  'open',
  'failed',
  'input_tokens',
  'output_tokens',
  'cost_usd_micros',
] as const
export type Measures = Record<(typeof measures)[number], number>

/** By what it is counted. `all` has one value, the empty one; `verdict` is policy, action, and `enforced` or `observed`. */
const figureKinds = [
  'all',
  'agent',
  'key',
  'model',
  'provider',
  'tag',
  'policy',
  'verdict',
  'finding',
  'decision',
  'error',
  'state',
] as const
export type FigureKind = (typeof figureKinds)[number]

/** What of an exchange is counted; columns of `audit.exchanges`. */
export const countedColumns = [
  'state',
  'requested_at',
  'ended_at',
  'provider',
  'model',
  'answered_model',
  'agent',
  'key_id',
  'tags',
  'decision',
  'policies',
  'verdicts',
  'finding_types',
  'status',
  'error_code',
  'input_tokens',
  'output_tokens',
  'cost_usd_micros',
  'duration_ms',
] as const
export type Counted = {
  [Column in (typeof countedColumns)[number]]:
    | ExchangeRow[Column]
    | (Column extends `${string}_at` ? Date : never)
}

export type Delta = Measures & {
  kind: FigureKind
  value: string
  /** Minutes since 1970, of the request. */
  minute: number
  /** Exchanges by bucket of their duration, where durations are counted. */
  latencies?: Record<number, number>
}

/** Kinds with durations. */
export const timedKinds: ReadonlySet<FigureKind> = new Set(['all', 'provider'])

/** What an exchange as it stands contributes to the figures; nothing while the time of it is unknown. */
export function contributionsOf(row: Counted): Delta[] {
  const at = row.requested_at ?? row.ended_at
  if (at === null) return []
  const minute = Math.floor(new Date(at).getTime() / 60_000)
  const counted = {
    exchanges: 1,
    open: row.state === 'open' ? 1 : 0,
    failed: isFailed(row) ? 1 : 0,
    input_tokens: row.input_tokens ?? 0,
    output_tokens: row.output_tokens ?? 0,
    cost_usd_micros: row.cost_usd_micros ?? 0,
  }
  const latencies = row.duration_ms === null ? undefined : { [latencyBucket(row.duration_ms)]: 1 }
  return Object.entries(valuesOf(row)).flatMap(([name, values]) => {
    const kind = name as FigureKind
    return values.map((value) => ({
      kind,
      value,
      minute,
      ...counted,
      ...(latencies && timedKinds.has(kind) && { latencies }),
    }))
  })
}

function isFailed({ state, status }: Counted): boolean {
  return failedStates.has(state) || (state === 'completed' && status !== null && status >= 400)
}

function valuesOf(row: Counted): Record<FigureKind, string[]> {
  const some = (value: string | null) => (value === null ? [] : [value])
  return {
    all: [''],
    agent: some(row.agent),
    key: some(row.key_id),
    model: some(row.model ?? row.answered_model),
    provider: some(row.provider),
    tag: row.tags,
    policy: row.policies,
    verdict: row.verdicts,
    finding: row.finding_types,
    decision: some(row.decision),
    error: some(row.error_code),
    state: [row.state],
  }
}

/** What the figures must be changed by, when exchanges become what they are from what they were. Zeros are left out. */
export function differences(changes: Iterable<{ before: Counted | undefined; after: Counted }>): Delta[] {
  const sums = new Map<string, Delta>()
  for (const { before, after } of changes) {
    if (before) for (const one of contributionsOf(before)) add(sums, one, -1)
    for (const one of contributionsOf(after)) add(sums, one, 1)
  }
  return [...sums.values()].filter(isSome)
}

/** The sum of deltas, by kind, value and time. */
export function sumOf(deltas: Iterable<Delta>): Delta[] {
  const sums = new Map<string, Delta>()
  for (const delta of deltas) add(sums, delta, 1)
  return [...sums.values()].filter(isSome)
}

function add(sums: Map<string, Delta>, delta: Delta, sign: 1 | -1): void {
  const { kind, value, minute, latencies } = delta
  const name = `${minute} ${kind} ${value}`
  let sum = sums.get(name)
  if (!sum) {
    sum = { kind, value, minute, ...none }
    sums.set(name, sum)
  }
  for (const measure of measures) sum[measure] += sign * delta[measure]
  if (!latencies) return
  sum.latencies ??= {}
  for (const [bucket, count] of Object.entries(latencies))
    sum.latencies[Number(bucket)] = (sum.latencies[Number(bucket)] ?? 0) + sign * count
}

const none: Measures = {
  exchanges: 0,
  open: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_usd_micros: 0,
}

function isSome(delta: Delta): boolean {
  return (
    measures.some((measure) => delta[measure] !== 0) ||
    Object.values(delta.latencies ?? {}).some((count) => count !== 0)
  )
}

/** Four buckets each time that the duration doubles, up to a quarter of an hour and more. */
const bucketsPerDoubling = 4
export const latencyBuckets = 80

export function latencyBucket(durationMs: number): number {
  const bucket = Math.ceil(bucketsPerDoubling * Math.log2(Math.max(durationMs, 1)))
  return Math.min(bucket, latencyBuckets - 1)
}

/** The duration below which this part of the exchanges is: the upper end of its bucket. Null: there are none. */
export function percentileMs(counts: readonly number[], part: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total <= 0) return null
  let seen = 0
  for (const [bucket, count] of counts.entries()) {
    seen += count
    if (seen >= part * total) return Math.round(10 * 2 ** (bucket / bucketsPerDoubling)) / 10
  }
  return null
}

export function latencyOf(counts: readonly number[]): { p50: number; p95: number; p99: number } | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => percentileMs(counts, part))
  return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 }
}
