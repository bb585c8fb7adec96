import { resolve } from 'node:path'
import type { ExportRequest } from '@airs-cp/client'
import { exportCompressions, exportFormats, exportKinds } from '@airs-cp/events'
import { Argument, type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { describeRange } from '../describe-range.ts'
import { trackWriting } from '../export-progress.ts'
import { fetchToFile, fetchToOutput } from '../fetch-export.ts'
import { openPartFile, type PartFile } from '../part-file.ts'
import { createProgress } from '../progress.ts'

/** A queue that does not move for so long is worth a word. */
const patienceMs = 10_000

const filters = {
  session: 'only this session',
  model: 'only exchanges with this model, as the client named it; * stands for any characters',
  provider: 'only exchanges with this provider',
  tag: 'only exchanges with this tag',
  action: 'only exchanges of which policy did this, such as block',
  finding: 'only exchanges with a finding of this type, such as EMAIL',
} as const

type ExportKind = ExportRequest['kind']
type Options = Pick<ExportRequest, 'format' | 'includeLineage'> & {
  from?: string
  to?: string
  output?: string
  compress?: ExportRequest['compression']
} & Partial<Record<keyof typeof filters, string>>

export function configureExport(command: Command, context: Context): void {
  command
    .description(
      'Take along what was recorded: every event, or those of a range. Without --output it goes to standard output.',
    )
    .addArgument(new Argument('[kind]', 'what to take along').choices(exportKinds).default('events'))
    .addOption(new Option('--format <format>', 'how to write it').choices(exportFormats).default('jsonl'))
    .option('--from <time>', 'first day (2024-01-01, UTC) or time (2024-01-01T12:00:00+02:00)')
    .option('--to <time>', 'last day or time, included')
    .addOption(
      new Option('--compress <how>', 'compress the file').choices(exportCompressions).default('none'),
    )
    .option('--include-lineage', 'of sessions: with the graph of what came of what')
  for (const [name, what] of Object.entries(filters)) command.option(`--${name} <${name}>`, what)
  command
    .option(
      '-o, --output <file>',
      'write to FILE.part, check it, then name it FILE; its manifest goes beside it',
    )
    .action(async (kind: ExportKind, options: Options) => {
      const { output } = options
      const request = requestOf(kind, options)
      if (output === undefined || output === '-') await exportToOutput(context, request)
      else await exportToFile(context, request, output)
    })
}

function requestOf(
  kind: ExportKind,
  { format, from, to, compress, includeLineage, ...rest }: Options,
): ExportRequest {
  const names = Object.keys(filters) as (keyof typeof filters)[]
  return {
    kind,
    ...(format !== undefined && { format }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(compress !== undefined && { compression: compress }),
    ...(includeLineage && { includeLineage }),
    filters: Object.fromEntries(
      names.filter((name) => rest[name] !== undefined).map((name) => [name, rest[name]]),
    ),
  }
}

async function exportToOutput(context: Context, request: ExportRequest): Promise<void> {
  const signal = context.interruption()
  await fetchToOutput(context, await makeExport(context, request, signal), signal)
}

async function exportToFile(context: Context, request: ExportRequest, output: string): Promise<void> {
  context.client()
  const part = await openPartFile(resolve(context.io.cwd, output), 'begin')
  const signal = context.interruption()
  await fetchToFile(context, await makeExport(context, request, signal, part), part, signal)
}

/** Has an export made and waits for it; an unused part file is removed when that fails. */
async function makeExport(context: Context, request: ExportRequest, signal: AbortSignal, part?: PartFile) {
  const { exports } = context.client()
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackWriting()
  try {
    const { id, ...job } = await exports.create(request)
    context.note(`${describeRange(job)} (export ${id})`)
    const onInterruption = () => {
      progress.clear()
      const output = part ? ` --output ${part.file}` : ''
      context.note(`The export goes on without us; to fetch it later: airs exports download ${id}${output}`)
    }
    signal.addEventListener('abort', onInterruption)
    let tellAtMs = performance.now() + patienceMs
    const completed = await exports.wait(id, {
      signal,
      onProgress(job) {
        progress.show(track(job, performance.now()))
        if (job.state !== 'queued' || performance.now() < tellAtMs) return
        tellAtMs = Number.POSITIVE_INFINITY
        progress.clear()
        context.note('No worker has begun with it yet; does the export-worker run? Still waiting.')
      },
    })
    signal.removeEventListener('abort', onInterruption)
    return completed
  } catch (error) {
    await part?.discard()
    throw error
  } finally {
    progress.clear()
  }
}
