import type { ControlChange } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant } from '../format.ts'
import { limitNote } from '../limit-note.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'

type Options = {
  from?: string
  to?: string
  kind?: string
  subject?: string
  actor?: string
  limit: number
}

export function configureChanges(command: Command, context: Context): void {
  command
    .description(
      'List changes of the control plane, newest first: who, when, what, and what it was before. --json has both in full.',
    )
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option('--kind <kind>', 'only of this kind: policy, mode, key, session, export, …')
    .option('--subject <name>', 'only of this policy, key, session, …')
    .option('--actor <name>', 'only by this person or token')
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action((options: Options) => list(context, options))
}

async function list(context: Context, { from, to, limit, ...filter }: Options): Promise<void> {
  const range = await readTimeRange({ from, to }, context.note)
  const changes: ControlChange[] = []
  for await (const change of context.client().figures.changes({ ...filter, ...range, limit }))
    changes.push(change)
  context.result({ changes }, () => {
    if (changes.length === 0) return 'No such changes.'
    const header = ['when', 'who', 'what', 'of', 'change', 'why'].map((title) => context.paint('bold', title))
    return formatTable([header, ...changes.map(rowOf)])
  })
  const note = limitNote(changes.length, limit)
  if (note) context.note(note)
}

function rowOf(change: ControlChange): string[] {
  const { time, actor, type, subject, reason } = change
  const what = type.replace(/^airs\./, '').replace(/\.v\d+$/, '')
  return [formatInstant(time), actor, what, subject, differenceText(change), reason ?? '-'].map((cell) =>
    printable(cell),
  )
}

const longest = 40

/** Fields that differ, but for those that say who, why and of what; long ones by name alone. */
function differenceText({ before, after, subject }: ControlChange): string {
  const text = (value: unknown) =>
    value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  const isShort = (value: unknown) => text(value).length <= longest && !text(value).includes('\n')
  const parts = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])]
    .filter((name) => name !== 'actor' && name !== 'reason')
    .filter((name) => text(before?.[name]) !== text(after[name]) && after[name] !== subject)
    .map((name) => {
      if (!isShort(before?.[name]) || !isShort(after[name])) return `${name} changed`
      return before ? `${name} ${text(before[name])} → ${text(after[name])}` : `${name} ${text(after[name])}`
    })
  return parts.slice(0, 4).join(', ') || '-'
}
