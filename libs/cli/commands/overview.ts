import type { Overview } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatCount, formatInstant, formatMs, formatNumberOf, formatShare, formatUsd } from '../format.ts'
import { printable } from '../printable.ts'
import { formatTable } from '../table.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'
import { upstreamText } from './upstream-text.ts'

export function configureOverview(command: Command, context: Context): void {
  command
    .description(
      'Show figures of a time range: what was sent, decided, failed and paid. Default: the last day.',
    )
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option(
      '--policy <name>',
      'show what this policy decided, step by step; it must be one of the ten that decided most',
    )
    .action((options: Options) => showOverview(context, options))
}

type Options = { from?: string; to?: string; policy?: string }

async function showOverview(context: Context, { policy, ...options }: Options): Promise<void> {
  const range = await readTimeRange(options, context.note)
  const overview = await context.client().figures.overview(range)
  if (policy === undefined) return context.result(overview, () => overviewText(context, overview))
  const found = overview.policies.find((one) => one.policy === policy)
  if (!found)
    throw new CommandError(
      exitCodes.usage,
      'policy_not_listed',
      `Policy "${policy}" is not among those that decided most in this range: ${overview.policies.map((one) => one.policy).join(', ') || 'none decided anything'}.`,
    )
  context.result(found, () => stepsText(found, overview.stepSeconds))
}

/** Steps in which the policy asked for anything. */
function stepsText({ policy, series }: Overview['policies'][number], stepSeconds: number): string {
  const rows = series
    .filter(({ enforced, observed }) => sumOf(enforced) + sumOf(observed) > 0)
    .map(({ at, enforced, observed }) => [
      `  ${formatInstant(at)}`,
      `did: ${actionsText(enforced)}`,
      `would have done: ${actionsText(observed)}`,
    ])
  const title = `${printable(policy)}, in steps of ${formatNumberOf(stepSeconds / 60, 'minute')}`
  return `${title}\n${rows.length > 0 ? formatTable(rows) : '  decided nothing'}`
}

function sumOf(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

const bars = '▁▂▃▄▅▆▇█'
const mostBars = 30

/** Numbers over time as one word: a dot where there is nothing, the highest bar for the most. */
function barsText(values: readonly number[]): string {
  const width = Math.ceil(values.length / mostBars)
  const sums = Array.from({ length: Math.ceil(values.length / width) }, (_, index) =>
    values.slice(index * width, (index + 1) * width).reduce((sum, value) => sum + value, 0),
  )
  const most = Math.max(...sums)
  return sums.map((value) => (value === 0 ? '·' : bars[Math.ceil((value / most) * bars.length) - 1])).join('')
}

function overviewText({ paint }: Context, overview: Overview): string {
  const { totals, completeness, checkpoint } = overview
  const title = (text: string) => paint('bold', text)
  const facts = formatTable([
    ['Range', `${formatInstant(overview.from)} to ${formatInstant(overview.until)}`],
    ['Exchanges', exchangesText(overview)],
    ['Decisions', actionsText(totals.decisions)],
    ['Over time', barsText(overview.series.map(({ decisions }) => sumOf(decisions)))],
    ['Duration', latencyText(totals.latencyMs)],
    ['Tokens', `${formatCount(totals.inputTokens)} in, ${formatCount(totals.outputTokens)} out`],
    ['Cost', formatUsd(totals.costUsdMicros)],
    [
      'Recorded',
      completeness.numbered === completeness.recorded
        ? `all ${formatNumberOf(completeness.recorded, 'event')} that ingresses numbered`
        : `${formatCount(completeness.recorded)} of ${formatNumberOf(completeness.numbered, 'event')} that ingresses numbered`,
    ],
    [
      'Checkpoint',
      checkpoint
        ? `${Math.round(checkpoint.ageSeconds)} s ago, of ${formatNumberOf(checkpoint.size, 'event')}`
        : 'none yet',
    ],
    ...overview.upstreams.map((upstream) => ['Upstream', upstreamText(upstream)]),
  ])
  const section = (name: string, rows: string[][]) =>
    rows.length === 0 ? [] : [`${title(name)}\n${formatTable(rows.map((row) => row.map(printable)))}`]
  return [
    facts,
    ...section(
      'Providers',
      overview.providers.map(({ provider, exchanges, failed, latencyMs, costUsdMicros }) => [
        `  ${provider}`,
        formatNumberOf(exchanges, 'exchange'),
        `${formatShare(failed, exchanges)} failed`,
        latencyText(latencyMs),
        formatUsd(costUsdMicros),
      ]),
    ),
    ...section(
      'Policies',
      overview.policies.map(({ policy, enforced, observed, series }) => [
        `  ${policy}`,
        barsText(series.map((step) => sumOf(step.enforced) + sumOf(step.observed))),
        `did: ${actionsText(enforced)}`,
        `would have done: ${actionsText(observed)}`,
      ]),
    ),
    ...section('Findings', countRows(overview.findings.map(({ type, exchanges }) => [type, exchanges]))),
    ...section('Errors', countRows(overview.errors.map(({ code, exchanges }) => [code, exchanges]))),
    ...section('Agents', usageRows(overview.agents)),
    ...section('Models', usageRows(overview.models)),
    ...section('Client keys', usageRows(overview.keys)),
    ...section('Tags', usageRows(overview.tags)),
  ].join('\n\n')
}

function exchangesText({ totals, states }: Overview): string {
  const { exchanges, failed, open } = totals
  return [
    formatCount(exchanges),
    `${formatCount(failed)} failed (${formatShare(failed, exchanges)})`,
    ...(open ? [`${formatCount(open)} under way`] : []),
    ...(states.abandoned ? [`${formatCount(states.abandoned)} abandoned`] : []),
  ].join(', ')
}

function actionsText(counts: Partial<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([action, count]) => `${action} ${formatCount(count ?? 0)}`)
  return parts.join(', ') || '-'
}

function latencyText(latency: Overview['totals']['latencyMs']): string {
  if (!latency) return '-'
  return `p50 ${formatMs(latency.p50)}, p95 ${formatMs(latency.p95)}, p99 ${formatMs(latency.p99)}`
}

function countRows(counts: [string, number][]): string[][] {
  return counts.map(([name, count]) => [`  ${name}`, formatNumberOf(count, 'exchange')])
}

function usageRows(usage: Overview['agents']): string[][] {
  return usage.map(({ value, name, exchanges, failed, inputTokens, outputTokens, costUsdMicros }) => [
    `  ${name ?? (value || '(others)')}`,
    formatNumberOf(exchanges, 'exchange'),
    `${formatShare(failed, exchanges)} failed`,
    `${formatNumberOf(inputTokens + outputTokens, 'token')}`,
    formatUsd(costUsdMicros),
  ])
}
