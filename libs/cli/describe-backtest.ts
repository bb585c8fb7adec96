import type { BacktestCounts, BacktestReport } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatCount, formatInstant, formatNumberOf } from './format.ts'
import { printable } from './printable.ts'
import { formatTable } from './table.ts'

const names: Record<keyof BacktestCounts, string> = {
  newlyBlocked: 'newly blocked',
  noLongerBlocked: 'no longer blocked',
  newlyRedacted: 'newly redacted',
  noLongerRedacted: 'no longer redacted',
  otherwiseRefused: 'refused otherwise',
}
const columns = Object.keys(names) as (keyof BacktestCounts)[]
const shownChanges = 50
const shownSessions = 10

/** A backtest's report for a person: the counts, by what, and which exchanges. */
export function describeBacktest(report: BacktestReport, paint: Context['paint']): string {
  const { from, until, tested, judged, exchanges } = report
  const head = [
    `${tested.map(({ name }) => printable(name)).join(', ')} on ${report.exchange ? `exchange ${report.exchange}` : formatNumberOf(exchanges, 'exchange')}${from ? ` from ${formatInstant(from)}` : ''} until ${formatInstant(until)}${report.enforce ? ', as if enforcing' : ''}`,
    ...notes(report),
  ].join('\n')
  const counts = formatTable(
    columns.map((column) => [`  ${names[column]}`, formatCount(report.counts[column])]),
  )
  const isSame = columns.every((column) => report.counts[column] === 0)
  return [
    ...fileText(report, paint),
    head,
    isSame && judged > 0 ? 'Nothing would have ended differently from what was recorded.' : counts,
    section(
      paint,
      'policy',
      ['found in', 'enforced in'],
      report.byPolicy.map((one) => [
        printable(one.policy) + partOf(report, one),
        formatCount(one.matched),
        formatCount(one.enforced),
        ...countCells(one),
      ]),
    ),
    section(
      paint,
      'model',
      ['exchanges'],
      report.byModel.map((one) => [printable(one.model), formatCount(one.exchanges), ...countCells(one)]),
    ),
    section(
      paint,
      'session',
      [],
      report.bySession.slice(0, shownSessions).map((one) => [printable(one.session), ...countCells(one)]),
    ),
    changesText(report, paint),
    `Digest ${report.digest}`,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
}

/** What the file changes comes first: what was recorded may differ for other reasons, such as policies that came since. */
function fileText({ fileCounts, judged }: BacktestReport, paint: Context['paint']): string[] {
  if (!fileCounts || judged === 0) return []
  const parts = columns
    .filter((column) => fileCounts[column] > 0)
    .map((column) => `${formatCount(fileCounts[column])} ${names[column]}`)
  const text =
    parts.length === 0
      ? 'The file changes nothing: with what is in force, all would end the same.'
      : `The file changes, compared with what is in force: ${parts.join(', ')}.`
  return [paint('bold', text)]
}

/** A policy that acted when something was recorded may have been removed since. */
function partOf(
  { inForce }: BacktestReport,
  { policy, tested }: { policy: string; tested: boolean },
): string {
  if (tested) return ''
  return inForce && !inForce.includes(policy) ? ' (no longer in force)' : ' (in force)'
}

function notes({ rejected, unanswered, unread }: BacktestReport): string[] {
  return [
    ...(rejected > 0 ? [`${formatNumberOf(rejected, 'request')} never came before policy`] : []),
    ...(unanswered > 0
      ? [`${formatNumberOf(unanswered, 'exchange')} would have reached a model; its response is not known`]
      : []),
    ...unread.map(({ reason, sides }) => `${formatCount(sides)} not judged: ${printable(reason)}`),
  ]
}

function countCells(counts: BacktestCounts): string[] {
  return columns.map((column) => (counts[column] === 0 ? '-' : formatCount(counts[column])))
}

function section(
  paint: Context['paint'],
  title: string,
  more: string[],
  rows: string[][],
): string | undefined {
  if (rows.length === 0) return undefined
  const header = [title, ...more, ...columns.map((column) => names[column])]
  return formatTable([header.map((cell) => paint('bold', cell)), ...rows])
}

function changesText({ changes, changesLeftOut }: BacktestReport, paint: Context['paint']) {
  if (changes.length === 0) return undefined
  const header = ['exchange', 'when', 'was', 'would be', 'policies'].map((cell) => paint('bold', cell))
  const rows = changes
    .slice(0, shownChanges)
    .map(({ exchange, time, before, after, policies }) => [
      printable(exchange),
      formatInstant(time),
      before,
      after,
      printable(policies.join(', ')),
    ])
  const left = changes.length - rows.length + changesLeftOut
  const more = left > 0 ? [`and ${formatCount(left)} more; --json lists up to 1,000`] : []
  return [formatTable([header, ...rows]), ...more].join('\n')
}
