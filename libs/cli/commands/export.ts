import { resolve } from 'node:path'
import type { ExportRequest } from '@airs-cp/client'
import { exportCompressions, exportFormats, exportKinds } from '@airs-cp/events'
import { Argument, type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { fetchToFile, fetchToOutput } from '../fetch-export.ts'
import { findKey } from '../find-key.ts'
import { makeExport } from '../make-export.ts'
import { openPartFile, refuseExisting } from '../part-file.ts'
import { fromHelp, toHelp } from '../time-range.ts'

const filters = {
  session: 'only this session',
  model: 'only exchanges with this model, as the client named it; * stands for any characters',
  provider: 'only exchanges with this provider',
  tag: 'only exchanges with this tag',
  action: 'only exchanges where this was done to the request or the response, such as block',
  caller: 'only exchanges of this caller: key:ID or credential:FINGERPRINT',
  finding: 'only exchanges with a finding of this type, such as EMAIL',
  agent: 'only exchanges of this agent',
  decision: 'only exchanges with this decision, the stronger of the actions on request and response',
  policy: 'only exchanges where this policy asked for another action than allow',
  verdict:
    'only exchanges where a policy asked for this: an action, enforced or observed, or both (block:observed)',
  status: 'only exchanges with this status (403) or class of it (4xx)',
  state: 'only exchanges in this state, such as failed',
  credential: 'only exchanges by this credential: its fingerprint, or the first 8 characters or more',
  text: 'only exchanges in which these words were said: refund "last invoice" -test',
} as const

type ExportKind = ExportRequest['kind']
type Options = Pick<ExportRequest, 'format' | 'includeLineage'> & {
  from?: string
  to?: string
  output?: string
  force?: boolean
  compress?: ExportRequest['compression']
  key?: string
} & Partial<Record<keyof typeof filters, string>>

export function configureExport(command: Command, context: Context): void {
  command
    .description(
      'Export what was recorded: every event, or those of a range. Without --output it goes to standard output.',
    )
    .addArgument(new Argument('[kind]', 'what to export').choices(exportKinds).default('events'))
    .addOption(new Option('--format <format>', 'how to write it').choices(exportFormats).default('jsonl'))
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .addOption(
      new Option('--compress <how>', 'compress the file').choices(exportCompressions).default('none'),
    )
    .option(
      '--include-lineage',
      'for sessions: add the lineage graph, which shows what was derived from what',
    )
  for (const [name, what] of Object.entries(filters)) command.option(`--${name} <${name}>`, what)
  command.option('--key <key>', 'only exchanges of this client key, by id or name')
  command
    .option(
      '-o, --output <file>',
      'write to FILE.part, check it, then name it FILE; its manifest goes beside it',
    )
    .option('--force', 'replace FILE where it exists')
    .action(async (kind: ExportKind, options: Options) => {
      const { output, force = false } = options
      const request = requestOf(kind, await withCaller(context, options))
      if (output === undefined || output === '-') await exportToOutput(context, request)
      else await exportToFile(context, request, output, force)
    })
}

/** A client key is a caller. */
async function withCaller(context: Context, { key, ...options }: Options): Promise<Options> {
  return key === undefined ? options : { ...options, caller: `key:${(await findKey(context, key)).keyId}` }
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

async function exportToFile(
  context: Context,
  request: ExportRequest,
  output: string,
  force: boolean,
): Promise<void> {
  context.client()
  const path = resolve(context.io.cwd, output)
  if (!force) await refuseExisting(path)
  const part = await openPartFile(path, 'begin')
  const signal = context.interruption()
  await fetchToFile(context, await makeExport(context, request, signal, part), part, signal)
}
