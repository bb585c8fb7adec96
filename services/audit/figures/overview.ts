import { type Action, actions, type ExchangeState } from '@airs-cp/events'
import type { Kysely } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { type FigureKind, latencyOf, type Measures } from './contribution.ts'
import { earliestFigure, type Figure, type FigureAt, readSeries, readTotals } from './read-figures.ts'
import { type Steps, shownOf, stepsOf } from './time-steps.ts'

const mostListed = 10
const dayMs = 86_400_000

/** The steps in which a range is counted; what is more than a day after now is left out. */
export async function rangeOf(
  database: Kysely<AuditTables>,
  { from, until, now = new Date() }: { from?: Date | undefined; until?: Date | undefined; now?: Date },
): Promise<Steps> {
  const end = Math.min((until ?? now).getTime(), now.getTime() + dayMs)
  const begin = (from ?? new Date(end - dayMs)).getTime()
  const asked = { from: Math.floor(begin / 1_000), until: Math.ceil(end / 1_000) }
  return stepsOf(shownOf(asked, await earliestFigure(database)), now.getTime() / 1_000)
}

export function describeSteps({ from, until, step }: Steps) {
  return { from: instantOf(from), until: instantOf(until), stepSeconds: step }
}

/** The part of the overview that is counted from figures. */
export async function readOverview(database: Kysely<AuditTables>, steps: Steps) {
  const [totals, series] = await Promise.all([
    readTotals(database, steps, [
      'all',
      'agent',
      'key',
      'model',
      'provider',
      'tag',
      'verdict',
      'finding',
      'decision',
      'error',
      'state',
    ]),
    readSeries(database, steps, ['all', 'decision', 'verdict']),
  ])
  const of = (kind: FigureKind) => totals.filter((figure) => figure.kind === kind)
  const all = of('all')[0]
  return {
    ...describeSteps(steps),
    totals: {
      ...measuresOf(all),
      latencyMs: latencyOf(all?.latencies ?? []),
      decisions: byAction(of('decision')),
    },
    series: seriesOf(steps, series),
    states: Object.fromEntries(of('state').map(({ value, exchanges }) => [value, exchanges])) as Partial<
      Record<ExchangeState, number>
    >,
    policies: policiesOf(steps, of('verdict'), series),
    providers: byCost(of('provider')).map((figure) => ({
      provider: figure.value,
      ...measuresOf(figure),
      latencyMs: latencyOf(figure.latencies),
    })),
    errors: mostFrequent(of('error')).map(({ value, exchanges }) => ({ code: value, exchanges })),
    findings: mostFrequent(of('finding')).map(({ value, exchanges }) => ({ type: value, exchanges })),
    agents: usageOf(of('agent')),
    keys: usageOf(of('key')),
    models: usageOf(of('model')),
    tags: usageOf(of('tag')),
  }
}

export function usageOf(figures: Figure[], limit = mostListed) {
  return byCost(figures)
    .slice(0, limit)
    .map((figure) => ({ value: figure.value, ...measuresOf(figure) }))
}

function measuresOf(figure: Measures | undefined) {
  return {
    exchanges: figure?.exchanges ?? 0,
    open: figure?.open ?? 0,
    failed: figure?.failed ?? 0,
    inputTokens: figure?.input_tokens ?? 0,
    outputTokens: figure?.output_tokens ?? 0,
    costUsdMicros: figure?.cost_usd_micros ?? 0,
  }
}

function byAction(figures: readonly Pick<Figure, 'value' | 'exchanges'>[]): Partial<Record<Action, number>> {
  return Object.fromEntries(
    actions.flatMap((action) => {
      const count = figures.find(({ value }) => value === action)?.exchanges ?? 0
      return count === 0 ? [] : [[action, count]]
    }),
  )
}

function byCost(figures: Figure[]): Figure[] {
  return figures.toSorted(
    (a, b) =>
      b.cost_usd_micros - a.cost_usd_micros || b.exchanges - a.exchanges || (a.value < b.value ? -1 : 1),
  )
}

function mostFrequent(figures: Figure[]): Figure[] {
  return figures
    .toSorted((a, b) => b.exchanges - a.exchanges || (a.value < b.value ? -1 : 1))
    .slice(0, mostListed)
}

function seriesOf(steps: Steps, series: FigureAt[]) {
  const byTime = Map.groupBy(series, ({ at }) => at)
  return timesOf(steps).map((at) => {
    const figures = byTime.get(at) ?? []
    const all = figures.find(({ kind }) => kind === 'all')
    return {
      at: instantOf(at),
      ...measuresOf(all),
      latencyMs: latencyOf(all?.latencies ?? []),
      decisions: byAction(figures.filter(({ kind }) => kind === 'decision')),
    }
  })
}

type Verdict = { policy: string; action: Action; part: 'enforced' | 'observed' }

function verdictOf(value: string): Verdict | undefined {
  const [policy, action, part] = value.split('\n') as [string, Action?, Verdict['part']?]
  return action === undefined || part === undefined ? undefined : { policy, action, part }
}

function policiesOf(steps: Steps, totals: Figure[], series: FigureAt[]) {
  const counted = (figures: readonly (Figure & { at?: number })[]) =>
    figures.flatMap((figure) => {
      const verdict = verdictOf(figure.value)
      return verdict ? [{ ...verdict, exchanges: figure.exchanges, at: figure.at }] : []
    })
  const part = (verdicts: readonly (Verdict & { exchanges: number })[], name: Verdict['part']) =>
    byAction(verdicts.flatMap((one) => (one.part === name ? [{ ...one, value: one.action }] : [])))
  const sum = (list: readonly { exchanges: number }[]) =>
    list.reduce((total, { exchanges }) => total + exchanges, 0)
  const byPolicy = Map.groupBy(counted(totals), ({ policy }) => policy)
  const listed = [...byPolicy]
    .toSorted(([a, left], [b, right]) => sum(right) - sum(left) || (a < b ? -1 : 1))
    .slice(0, mostListed)
  const inSeries = Map.groupBy(
    counted(series.filter(({ kind }) => kind === 'verdict')),
    ({ policy, at }) => `${at} ${policy}`,
  )
  return listed.map(([policy, verdicts]) => ({
    policy,
    enforced: part(verdicts, 'enforced'),
    observed: part(verdicts, 'observed'),
    series: timesOf(steps).map((at) => {
      const then = inSeries.get(`${at} ${policy}`) ?? []
      return { at: instantOf(at), enforced: part(then, 'enforced'), observed: part(then, 'observed') }
    }),
  }))
}

function timesOf({ from, until, step }: Steps): number[] {
  return Array.from({ length: (until - from) / step }, (_, index) => from + index * step)
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}
