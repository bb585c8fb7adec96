import { resolve } from 'node:path'
import type { ExportJob } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { describeRange } from '../describe-range.ts'
import { fetchToOutput, resumeToFile } from '../fetch-export.ts'
import { formatBytes, formatCount, formatInstant } from '../format.ts'
import { refuseExisting } from '../part-file.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

export function configureExports(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List exports, newest first.')
    .option('-n, --limit <count>', 'how many at most', readCount, 20)
    .action(({ limit }: { limit: number }) => list(context, limit))
  command
    .command('show')
    .description('Show the state of an export.')
    .argument('<id>', 'its id')
    .action((id: string) => show(context, id))
  command
    .command('download')
    .description('Fetch the file of an export, continuing where an earlier attempt stopped.')
    .argument('<id>', 'its id')
    .option('-o, --output <file>', 'write to FILE.part, check it, then name it FILE')
    .option('--force', 'replace FILE where it exists')
    .action((id: string, options: { output?: string; force?: boolean }) => download(context, id, options))
  command
    .command('cancel')
    .description('Stop an export that is not completed; nothing of it stays.')
    .argument('<id>', 'its id')
    .action((id: string) => cancel(context, id))
  command
    .command('delete')
    .description('Remove an export and its file.')
    .argument('<id>', 'its id')
    .action((id: string) => remove(context, id))
}

async function list(context: Context, limit: number): Promise<void> {
  const exports = await context.client().exports.list(limit)
  context.result({ exports }, () => {
    if (exports.length === 0) return 'No exports yet; "airs export" makes one.'
    const rows = exports.map((job) => [
      job.id,
      formatInstant(job.requestedAt),
      paintState(context, job.state),
      formatCount(job.rows),
      formatBytes(job.bytes),
      printable(describeRange(job)),
    ])
    return formatTable([['id', 'requested', 'state', 'rows', 'size', 'what'].map(bold(context)), ...rows])
  })
}

async function show(context: Context, id: string): Promise<void> {
  const job = await context.client().exports.get(id)
  context.result(job, () =>
    formatTable([
      ['export', job.id],
      ['state', `${paintState(context, job.state)}${job.state === 'running' ? `, ${job.percent}%` : ''}`],
      [
        'what',
        printable(
          `${describeRange(job)}, as ${job.format}${job.compression === 'none' ? '' : `, ${job.compression}`}`,
        ),
      ],
      ['requested', `${formatInstant(job.requestedAt)} by ${printable(job.actor)}`],
      ...(job.endedAt ? [['ended', formatInstant(job.endedAt)]] : []),
      ['rows', formatCount(job.rows)],
      ['size', formatBytes(job.bytes)],
      ...(job.sha256 ? [['sha-256', job.sha256]] : []),
      ...(job.error ? [['error', printable(job.error)]] : []),
    ]),
  )
}

async function download(
  context: Context,
  id: string,
  { output, force = false }: { output?: string; force?: boolean },
): Promise<void> {
  const toFile = output !== undefined && output !== '-'
  if (toFile && !force) await refuseExisting(resolve(context.io.cwd, output))
  const signal = context.interruption()
  const job = await context.client().exports.wait(id, { signal })
  if (toFile) await resumeToFile(context, job, output, signal)
  else await fetchToOutput(context, job, signal)
}

async function cancel(context: Context, id: string): Promise<void> {
  const job = await context.client().exports.cancel(id)
  context.result(job, () => `Export ${job.id} is ${job.state}.`)
}

async function remove(context: Context, id: string): Promise<void> {
  await context.client().exports.delete(id)
  context.result({ id, state: 'deleted' }, () => `Export ${id} and its file are removed.`)
}

function paintState({ paint }: Context, state: ExportJob['state']): string {
  if (state === 'completed') return paint('green', state)
  return state === 'failed' ? paint('red', state) : state
}

function bold({ paint }: Context) {
  return (text: string) => paint('bold', text)
}
