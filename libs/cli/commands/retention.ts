import type { Retention } from '@airs-cp/client'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatCount, formatInstant, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

type SetOptions = {
  contentDays?: number | null
  metadataDays?: number | null
  belowFloor?: boolean
  reason: string
}

export function configureRetention(command: Command, context: Context): void {
  command
    .command('show', { isDefault: true })
    .description('Show for how long content and metadata are kept, and what was dropped.')
    .action(async () => {
      const retention = await context.client().retention.get()
      context.result(retention, () => describe(retention))
    })
  command
    .command('set')
    .description(
      'Set for how long content and metadata are kept, in place of what is configured. Options that you leave out stay as they are.',
    )
    .option(
      '--content-days <days>',
      'erase the content of exchanges after so many days; forever: never',
      readDays,
    )
    .option(
      '--metadata-days <days>',
      'drop traffic events, with all that was derived from them, after so many days; forever: never',
      readDays,
    )
    .option('--below-floor', 'keep metadata for less than 184 days')
    .requiredOption('--reason <text>', 'why, for the record')
    .action((options: SetOptions) => set(context, options))
  command
    .command('drops')
    .description('List the days that were dropped, newest first.')
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action(({ limit }: { limit: number }) => drops(context, limit))
  command
    .command('record')
    .description(
      'Print the signed record of a drop, which names each leaf. It verifies offline (airs verify, verify.py).',
    )
    .argument('<id>', 'id of the drop')
    .action(async (id: string) => {
      context.io.stdout.write(await context.client().retention.record(id))
    })
}

function readDays(text: string): number | null {
  if (text === 'forever') return null
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Give a number of days, or forever.')
  return Number(text)
}

async function set(context: Context, { belowFloor = false, reason, ...wanted }: SetOptions): Promise<void> {
  if (wanted.contentDays === undefined && wanted.metadataDays === undefined)
    throw new CommandError(exitCodes.usage, 'usage', 'Name what to set: --content-days or --metadata-days.')
  const { retention } = context.client()
  const { contentDays, metadataDays } = { ...(await retention.get()), ...wanted }
  const now = await retention.set({ contentDays, metadataDays, belowFloor, reason })
  context.result(now, () => describe(now))
}

function describe(retention: Retention): string {
  const { contentDays, metadataDays, floorDays, setBy, holds, droppedDays, droppedEvents, problem } =
    retention
  const days = (count: number | null) => (count === null ? 'for ever' : formatNumberOf(count, 'day'))
  return [
    `Content   ${days(contentDays)}`,
    `Metadata  ${days(metadataDays)}; the floor is ${formatNumberOf(floorDays, 'day')}`,
    setBy === null
      ? 'As configured (AIRS_RETAIN_CONTENT_DAYS, AIRS_RETAIN_METADATA_DAYS).'
      : `Set by ${printable(setBy.actor)}, ${formatInstant(setBy.at)}: ${printable(setBy.reason)}`,
    `Dropped   ${formatNumberOf(droppedEvents, 'event')} of ${formatNumberOf(droppedDays, 'day')}`,
    ...(holds > 0 ? [`On hold   ${formatNumberOf(holds, 'selection')}: airs hold`] : []),
    ...(problem === null ? [] : [`Waits     ${printable(problem)}`]),
  ].join('\n')
}

async function drops(context: Context, limit: number): Promise<void> {
  const found = await context.client().retention.drops(limit)
  context.result({ drops: found }, () => {
    if (found.length === 0) return 'Nothing was dropped.'
    const header = ['day', 'state', 'events', 'kept', 'leaves', 'sealed', 'drop'].map((title) =>
      context.paint('bold', title),
    )
    const rows = found.map(({ day, state, events, kept, firstLeaf, untilLeaf, sealedAt, id }) => [
      day,
      state,
      formatCount(events),
      formatCount(kept),
      `${formatCount(firstLeaf)} to ${formatCount(untilLeaf - 1)}`,
      formatInstant(sealedAt),
      id,
    ])
    return formatTable([header, ...rows])
  })
}
