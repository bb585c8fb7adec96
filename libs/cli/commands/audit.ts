import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { openPartFile, refuseExisting } from '../part-file.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'
import { rememberLogKeys } from '../trusted-keys.ts'

type Options = { from?: string; to?: string; output?: string; force?: boolean }

export function configureAudit(command: Command, context: Context): void {
  command
    .command('statement')
    .description(
      'Make a signed statement of a range: how many events and exchanges the log has of it, and each exception from completeness by name. It verifies offline (airs verify, verify.py).',
    )
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .option('--force', 'replace the file where it exists')
    .action((options: Options) => statement(context, options))
}

async function statement(context: Context, { from, to, output, force }: Options): Promise<void> {
  const path = output === undefined || output === '-' ? undefined : resolve(context.io.cwd, output)
  if (path !== undefined && !force) await refuseExisting(path)
  const range = await readTimeRange({ from, to }, context.note)
  const note = await context.client().audit.statement(range)
  await rememberLogKeys(context)
  if (path === undefined) return void context.io.stdout.write(note)
  const part = await openPartFile(path, 'begin')
  await part.write(Buffer.from(note))
  await part.complete()
  context.note(`${part.file} is written; to read and check it, offline: airs verify ${part.file}`)
}
