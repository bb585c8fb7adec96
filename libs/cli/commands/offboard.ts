import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { formatVerifierKey } from '@airs-cp/transparency-log'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatCount, formatNumberOf } from '../format.ts'
import { clientEndpoint } from '../ingress-endpoint.ts'
import { type ChecklistItem, checklist, type Quiet } from '../offboard/checklist.ts'
import { type ClientChange, clientChanges } from '../offboard/client-changes.ts'
import { type Backlog, drain, isDrained } from '../offboard/drain.ts'
import { askIngress, ingressUrls } from '../offboard/ingress-backlog.ts'
import { reconcile } from '../offboard/reconcile.ts'
import { type SavedExport, saveAndVerify } from '../offboard/save-and-verify.ts'
import { takePolicies } from '../offboard/take-policies.ts'
import manifest from '../package.json' with { type: 'json' }
import { openPartFile } from '../part-file.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { rememberLogKeys } from '../trusted-keys.ts'

type Options = { output: string; dryRun?: true; wait: number; quiet: number; ingress?: string[] }

const kinds = [
  { kind: 'events', file: 'events.jsonl' },
  { kind: 'sessions', file: 'sessions.jsonl', includeLineage: true },
  { kind: 'decisions', file: 'decisions.jsonl' },
] as const

export function configureOffboard(command: Command, context: Context): void {
  command
    .description(
      'Leave: wait until everything has drained, export everything, check it offline, and say what is left to do. Nothing is stopped or deleted.',
    )
    .option('-o, --output <folder>', 'folder for the export', 'airs-offboarding')
    .option('--dry-run', 'look and say what would be done; write nothing')
    .option(
      '--wait <seconds>',
      'how long to wait for exchanges under way and for traffic to stop',
      readCount,
      60,
    )
    .option(
      '--quiet <seconds>',
      'how long no request must have come in before clients count as reverted',
      readCount,
      60,
    )
    .option(
      '--ingress <url...>',
      'each ingress, which is asked what it has not shipped yet (default: AIRS_ENDPOINT, or the one that the console knows)',
    )
    .action((options: Options) => offboard(context, options))
}

async function offboard(context: Context, options: Options): Promise<void> {
  const startedAt = new Date()
  const client = context.client()
  const signal = context.interruption()
  const readiness = await client.readiness()
  const ingresses = ingressUrls(context, options.ingress ?? [], readiness)
  const changes = clientChanges(clientEndpoint(context, ingresses.urls[0]))
  context.note(`Leaving ${client.url}. Point your clients back now, if they are not yet:\n`)
  context.note(`${changesText(changes)}\n`)
  const backlog = await waitForDrain(context, ingresses.urls, options, signal)
  const reasons = reasonsOf(backlog, ingresses.problem)
  const quiet = { isQuiet: backlog.isQuiet, seconds: backlog.quietSeconds, neededSeconds: options.quiet }
  if (options.dryRun) return dryRun(context, backlog, reasons, changes, quiet)

  const folder = resolve(context.io.cwd, options.output)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const taken: SavedExport[] = []
  const summary = await client.audit.summary({ journals: 'all' })
  const keys = await rememberLogKeys(context)
  for (const { file, ...request } of kinds) {
    const one = await saveAndVerify(context, request, join(folder, file), keys, signal)
    context.note(
      `${file}: ${formatNumberOf(one.rows, 'row')}, ${formatBytes(one.bytes)}, SHA-256 ${one.sha256}`,
    )
    reasons.push(...one.problems.map((problem) => `${file}: ${problem}`))
    taken.push(one)
  }
  reasons.push(...reconcile(summary, taken[0]!.manifest))
  const policies = await takePolicies(context, folder)
  context.note(`${basename(policies.file)}: ${formatNumberOf(policies.names.length, 'policy', 'policies')}`)
  const endedAt = new Date()
  const items = checklist({ isExported: reasons.length === 0, quiet })
  const certificate = {
    certificate: 'airs-offboarding/1',
    url: client.url,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    minutes: Math.round((endedAt.getTime() - startedAt.getTime()) / 600) / 100,
    /** Everything that was recorded is here, checked; nothing was under way. */
    complete: reasons.length === 0,
    reasons,
    drained: isDrained(backlog),
    backlog,
    files: taken.map(({ file, kind, rows, bytes, sha256 }) => ({
      file: basename(file),
      kind,
      rows,
      bytes,
      sha256,
    })),
    /** `airs policy apply` takes the file, and so does another AIRS-CP. */
    policies: { ...policies, file: basename(policies.file) },
    /** Keep them apart from the files: a key that travels with what it has signed proves nothing. */
    logKeys: keys.map((key) => formatVerifierKey(key)),
    clients: changes,
    checklist: items,
    software: { name: 'airs', version: manifest.version },
  }
  const file = join(folder, 'certificate.json')
  await writeDurably(file, `${JSON.stringify(certificate, null, 2)}\n`)
  context.result({ folder, ...certificate }, () =>
    [
      `${reasons.length === 0 ? 'Everything' : 'What could be exported'} is in ${folder}, after ${formatNumberOf(certificate.minutes, 'minute')}. The certificate: ${file}`,
      `To check the events again, with tools that are not of AIRS-CP: python3 verify.py events.jsonl --key KEY. Keep the key elsewhere:\n${certificate.logKeys.map((key) => `  ${printable(key)}`).join('\n')}`,
      ...reasonsText(reasons),
      checklistText(items),
    ].join('\n\n'),
  )
  if (reasons.length > 0) throw incomplete()
}

async function waitForDrain(
  context: Context,
  urls: string[],
  { wait, dryRun }: Options,
  signal: AbortSignal,
): Promise<Backlog> {
  let noted = ''
  return drain(context.client(), () => Promise.all(urls.map(askIngress)), {
    waitMs: dryRun ? 0 : wait * 1_000,
    signal,
    onLook(backlog) {
      const state = stateText(backlog)
      if (state !== noted) context.note(state)
      noted = state
    },
  })
}

function stateText({ openExchanges, ingresses, incompleteJournals, isQuiet }: Backlog): string {
  const unconfirmed = ingresses.reduce((sum, ingress) => sum + (ingress.unconfirmed ?? 0), 0)
  return [
    isQuiet ? 'traffic has stopped' : 'waiting for traffic to stop',
    `${formatNumberOf(openExchanges.length, 'exchange')} under way`,
    unconfirmed > 0
      ? `${formatNumberOf(unconfirmed, 'event')} on their way to Postgres`
      : 'all events in Postgres',
    ...(incompleteJournals.length > 0
      ? [`${formatNumberOf(incompleteJournals.length, 'journal')} with gaps`]
      : []),
  ].join(', ')
}

const mostNamed = 20

/** Why the export cannot be complete. */
function reasonsOf(backlog: Backlog, ingressProblem: string | undefined): string[] {
  const { openExchanges, ingresses, incompleteJournals, unreadBodies, isQuiet } = backlog
  return [
    ...(isQuiet ? [] : ['Requests still come in: those that come from now on are not in the export']),
    ...openExchanges
      .slice(0, mostNamed)
      .map(
        ({ exchange, session, time }) =>
          `Exchange ${exchange} of session ${session ?? '-'} is under way since ${time}`,
      ),
    ...(openExchanges.length > mostNamed
      ? [`and ${formatCount(openExchanges.length - mostNamed)} more are`]
      : []),
    ...incompleteJournals.map(
      ({ journal, committed, seen }) => `Journal ${journal} is complete up to ${committed} of ${seen}`,
    ),
    ...(unreadBodies > 0
      ? [`Lineage has ${formatNumberOf(unreadBodies, 'large message')} still to read`]
      : []),
    ...ingresses.flatMap(({ url, unconfirmed, problem }) =>
      problem !== undefined
        ? [`Ingress ${url} could not be asked what it has not shipped: ${problem}`]
        : unconfirmed! > 0
          ? [`Ingress ${url} holds ${formatNumberOf(unconfirmed!, 'event')} that are not in Postgres yet`]
          : [],
    ),
    ...(ingressProblem === undefined
      ? []
      : [`No ingress was asked what it has not shipped: ${ingressProblem}`]),
  ]
}

async function dryRun(
  context: Context,
  backlog: Backlog,
  reasons: string[],
  clients: ClientChange[],
  quiet: Quiet,
): Promise<void> {
  const { events } = await context.client().audit.summary()
  const items = checklist({ isExported: false, quiet })
  context.result(
    { dryRun: true, events, drained: isDrained(backlog), reasons, backlog, clients, checklist: items },
    () =>
      [
        `Would export ${formatNumberOf(events, 'event')}, the sessions with their lineage, the decisions, and the policies. Nothing was written.`,
        ...reasonsText(reasons),
        checklistText(items),
      ].join('\n\n'),
  )
}

function reasonsText(reasons: string[]): string[] {
  return reasons.length === 0
    ? []
    : [`Not complete:\n${reasons.map((reason) => `  ${printable(reason)}`).join('\n')}`]
}

function changesText(changes: ClientChange[]): string {
  return changes.map(({ client, from, to }) => `  ${client}\n    - ${from}\n    + ${to}`).join('\n')
}

function checklistText(items: ChecklistItem[]): string {
  const lines = items.map(({ task, done, how }) => `  [${done ? 'x' : ' '}] ${task}${how ? `: ${how}` : ''}`)
  return ['What leaving takes:', ...lines].join('\n')
}

async function writeDurably(path: string, text: string): Promise<void> {
  const part = await openPartFile(path, 'begin')
  await part.write(Buffer.from(text))
  await part.complete()
}

function incomplete(): CommandError {
  return new CommandError(
    exitCodes.failed,
    'offboarding_incomplete',
    'The export is not complete, for the reasons above. Remove them, then run the command again.',
  )
}
