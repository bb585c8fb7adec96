import type { Archive, ArchivedDay } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatCount, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { createProgress } from '../progress.ts'
import { formatTable } from '../table.ts'
import { rememberLogKeys } from '../trusted-keys.ts'

export function configureArchive(command: Command, context: Context): void {
  command
    .description(
      'Archive every day (UTC) that is over: write the events that were recorded on it as a Parquet file with manifest and proof, into the folder or bucket that AIRS-CP is configured with. Days that are archived stay as they are.',
    )
    .option('--through <day>', 'the last day that is archived, such as 2026-11-27 (default: yesterday)')
    .option('--list', 'show the archive, and archive nothing')
    .option('--no-wait', 'do not wait until the files are complete')
    .action((options: Options) => (options.list ? list(context) : archive(context, options)))
}

type Options = { through?: string; list?: true; wait: boolean }

async function archive(context: Context, { through, wait }: Options): Promise<void> {
  const { archive } = context.client()
  const before = await archive.get()
  const requested = await archive.request(through)
  const done = wait ? await waitFor(context) : requested
  const known = new Set(before.days.filter(({ state }) => state === 'archived').map(({ day }) => day))
  const days = done.days.filter(({ day }) => !known.has(day))
  if (done.days.some(({ state }) => state === 'archived')) await rememberLogKeys(context)
  context.result({ ...done, days }, () =>
    days.length === 0
      ? `Nothing to archive: no day is over that is not in ${placeOf(done)} already.`
      : [describeDays(context, days), describeOutcome(days, done)].join('\n'),
  )
  const failed = days.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return
  throw new CommandError(
    exitCodes.failed,
    'not_archived',
    `${formatNumberOf(failed.length, 'day')} could not be archived. Nothing is lost; "airs archive" tries again. ${failed[0]!.day}: ${failed[0]!.error}`,
  )
}

async function list(context: Context): Promise<void> {
  const archive = await context.client().archive.get()
  context.result(archive, () =>
    archive.days.length === 0
      ? `No day is archived in ${placeOf(archive)} yet; "airs archive" does it.`
      : [describeDays(context, archive.days), describeOutcome(archive.days, archive)].join('\n'),
  )
}

async function waitFor(context: Context): Promise<Archive> {
  const progress = createProgress(context.io.stderr, context.io.env)
  try {
    return await context.client().archive.wait({
      signal: context.interruption(),
      onProgress({ days }) {
        const queued = days.filter(({ state }) => state === 'queued').length
        progress.show({
          label: 'Archiving',
          fraction: (days.length - queued) / Math.max(1, days.length),
          amount: `${formatNumberOf(queued, 'day')} to write`,
        })
      },
    })
  } finally {
    progress.clear()
  }
}

function describeDays({ paint }: Context, days: readonly ArchivedDay[]): string {
  const head = ['day', 'state', 'events', 'size', 'leaves'].map((text) => paint('bold', text))
  const rows = days.map(({ day, state, rows, bytes, from, until, error, dropped }) => [
    day,
    state === 'archived' ? paint('green', state) : state === 'failed' ? paint('red', state) : state,
    rows === null ? '' : formatCount(rows),
    bytes === null ? '' : formatBytes(bytes),
    error !== null
      ? printable(error)
      : dropped !== null
        ? `${formatNumberOf(dropped, 'event')} were dropped before it was archived`
        : `${formatCount(from)} to ${formatCount(until - 1)}`,
  ])
  return formatTable([head, ...rows])
}

function describeOutcome(days: readonly ArchivedDay[], archive: Archive): string {
  const archived = days.filter(({ state }) => state === 'archived')
  const events = archived.reduce((sum, { rows }) => sum + (rows ?? 0), 0)
  return `${formatNumberOf(archived.length, 'day')} with ${formatNumberOf(events, 'event')} in ${placeOf(archive)}.`
}

function placeOf({ location }: Archive): string {
  return printable(
    location.kind === 'folder' ? location.directory : `s3://${location.bucket}/${location.prefix}`,
  )
}
