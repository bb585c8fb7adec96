import type { AuditSummary, ModeSetting, Overview, ReportedReadiness } from '@airs-cp/client'
import { modeMeanings } from '@airs-cp/events'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatCount, formatInstant, formatNumberOf, formatShare, formatUsd } from '../format.ts'
import { printable } from '../printable.ts'
import { failedChecks, notReadyServices } from '../readiness-problems.ts'
import { formatTable } from '../table.ts'
import { upstreamText } from './upstream-text.ts'

export function configureStatus(command: Command, context: Context): void {
  command
    .description(
      'Show the health of every service, the mode, upstreams with their error rates, spend, and what is recorded.',
    )
    .action(() => status(context))
}

/** Health needs no token and is shown whatever becomes of the rest. */
async function status(context: Context): Promise<void> {
  const client = context.openClient()
  const { date: _, ...readiness } = await client.readiness()
  const recorded = await Promise.allSettled([
    Promise.resolve().then(() => context.client().mode.get()),
    Promise.resolve().then(() => context.client().audit.summary()),
    Promise.resolve().then(() => context.client().figures.overview()),
  ])
  const [mode, audit, lastDay] = recorded.map((result) =>
    result.status === 'fulfilled' ? result.value : undefined,
  ) as [ModeSetting | undefined, AuditSummary | undefined, Overview | undefined]
  context.result(
    { url: client.url, ...readiness, mode: mode ?? null, audit: audit ?? null, lastDay: lastDay ?? null },
    () =>
      [healthText(context, client.url, readiness), ...recordText(context, mode, audit, lastDay)].join('\n\n'),
  )
  if (!readiness.ready)
    throw new CommandError(
      exitCodes.notReady,
      'not_ready',
      `Not ready: ${notReadyServices(readiness).join(', ')}. "airs doctor" looks closer.`,
    )
  for (const result of recorded) if (result.status === 'rejected') throw result.reason
}

function healthText(
  { paint }: Context,
  url: string,
  { ready, environment, services }: Omit<ReportedReadiness, 'date'>,
): string {
  const state = (isReady: boolean) =>
    isReady ? paint('green', 'ready') : paint(['red', 'bold'], 'not ready')
  const rows = Object.entries(services).map(([name, service]) => [
    `  ${name}`,
    state(service.ready),
    printable([...failedChecks(service), ...Object.values(service.notes ?? {})].join('; ')),
  ])
  const of = environment === undefined ? '' : ` (${printable(environment)})`
  return `AIRS-CP at ${url}${of} is ${state(ready)}\n${formatTable(rows)}`
}

function recordText(
  { paint }: Context,
  mode: ModeSetting | undefined,
  audit: AuditSummary | undefined,
  lastDay: Overview | undefined,
): string[] {
  const rows = [
    ...(mode ? [['Mode', modeText(mode, paint)]] : []),
    ...(lastDay ? lastDayRows(lastDay, paint) : []),
    ...(audit ? [['Recorded', recordedText(audit)]] : []),
    ...(audit ? journalRows(audit, paint) : []),
    ...(audit ? streamRows(audit) : []),
  ]
  return rows.length === 0 ? [] : [formatTable(rows)]
}

/** A mode in which no policy decides is not to be overlooked. */
function modeText({ mode, reason, actor, changedAt }: ModeSetting, paint: Context['paint']): string {
  const why = reason ? ` (${printable(reason)})` : ''
  if (mode !== 'off' && mode !== 'stop') return `${mode}${why}`
  const by = actor && changedAt ? `, by ${printable(actor)} since ${formatInstant(changedAt)}` : ''
  return paint(['red', 'bold'], `${mode}: ${modeMeanings[mode]}${why}${by}`)
}

/** Where requests go, how they fare there, and what they cost. */
function lastDayRows({ upstreams, providers, totals }: Overview, paint: Context['paint']): string[][] {
  const used = new Map(providers.map((provider) => [provider.provider, provider]))
  const gone = providers.filter(
    ({ provider }) => !provider.startsWith('mcp:') && !upstreams.some(({ name }) => name === provider),
  )
  const errors = (name: string) => {
    const figures = used.get(name)
    if (!figures || figures.exchanges === 0) return 'not used in the last day'
    const text = `${formatShare(figures.failed, figures.exchanges)} of ${formatNumberOf(figures.exchanges, 'exchange')} failed in the last day`
    return figures.failed > 0 ? paint('yellow', text) : text
  }
  const isWorthALine = ({ name, isDefault }: Overview['upstreams'][number]) => isDefault || used.has(name)
  const rest = upstreams.filter((upstream) => !isWorthALine(upstream)).map(({ name }) => name)
  return [
    ...upstreams
      .filter(isWorthALine)
      .map((upstream) => ['Upstream', `${printable(upstreamText(upstream))}: ${errors(upstream.name)}`]),
    ...gone.map(({ provider }) => [
      'Upstream',
      `${printable(provider)}, no longer configured: ${errors(provider)}`,
    ]),
    ...(rest.length > 0
      ? [['', `also configured, not used in the last day: ${printable(rest.join(', '))}`]]
      : []),
    [
      'Last day',
      [
        formatNumberOf(totals.exchanges, 'exchange'),
        formatNumberOf(totals.inputTokens + totals.outputTokens, 'token'),
        formatUsd(totals.costUsdMicros),
        ...Object.entries(totals.decisions)
          .filter(([action]) => action !== 'allow')
          .map(([action, count]) => `${action} ${formatCount(count)}`),
      ].join(', '),
    ],
  ]
}

/** Every start of an ingress has its own journal: only what is not in order is listed one by one. */
function journalRows({ journals, completeJournals }: AuditSummary, paint: Context['paint']): string[][] {
  const incomplete = journals.filter(({ committed, seen }) => committed < seen)
  return [
    ...(completeJournals > 0 ? [['Journals', `${formatCount(completeJournals)} without a gap`]] : []),
    ...incomplete.map(({ journal, committed, seen }) => [
      'Journal',
      paint(
        'yellow',
        `${printable(journal)} is complete up to ${formatCount(committed)} of ${formatCount(seen)}`,
      ),
    ]),
  ]
}

/** A stream that is full has discarded its oldest; that is how a busy one looks. */
function streamRows({ streams }: AuditSummary): string[][] {
  const texts = streams.map(({ stream, bytes, maxBytes }) => {
    const percent = maxBytes ? Math.round((100 * bytes) / maxBytes) : undefined
    return `${stream} ${percent === undefined ? formatBytes(bytes) : `${percent} % of ${formatBytes(maxBytes!)}`}`
  })
  return texts.length > 0 ? [['Streams', texts.join(', ')]] : []
}

function recordedText({ events, openExchanges, abandonedExchanges, gaps }: AuditSummary): string {
  return [
    formatNumberOf(events, 'event'),
    `${formatNumberOf(openExchanges, 'exchange')} under way`,
    ...(abandonedExchanges ? [`${formatNumberOf(abandonedExchanges, 'exchange')} abandoned`] : []),
    ...(gaps.open ? [formatNumberOf(gaps.open, 'open gap')] : []),
    ...(gaps.lostEvents ? [`${formatNumberOf(gaps.lostEvents, 'event')} destroyed`] : []),
  ].join(', ')
}
