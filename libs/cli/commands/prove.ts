import { resolve } from 'node:path'
import { ApiClientError, type LogApi, type Receipt } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatNumberOf } from '../format.ts'
import { openPartFile, refuseExisting } from '../part-file.ts'
import { rememberLogKeys } from '../trusted-keys.ts'

type Options = { session?: string; redact?: true; output?: string; force?: boolean }

export function configureProve(command: Command, context: Context): void {
  command
    .description(
      'Make a receipt: evidence of an event, or of all events of an exchange or a session, in one file that verifies offline (airs verify, verify.py).',
    )
    .argument('[id]', 'of an event or an exchange')
    .option('--session <id>', 'all events of this session, a thousand at most')
    .option('--redact', 'leave content out; times, decisions, sizes and digests stay proven')
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .option('--force', 'replace the file where it exists')
    .action((id: string | undefined, options: Options) => prove(context, id, options))
}

async function prove(
  context: Context,
  id: string | undefined,
  { session, redact, output, force }: Options,
): Promise<void> {
  if ((id === undefined) === (session === undefined))
    throw new CommandError(exitCodes.usage, 'usage', 'Name one of an event, an exchange, and --session.')
  const toFile = output !== undefined && output !== '-'
  const path = toFile ? resolve(context.io.cwd, output) : undefined
  if (path !== undefined && !force) await refuseExisting(path)
  const { log } = context.client()
  const receipt =
    session === undefined
      ? await findReceipt(log, id!, redact === true)
      : await log.receipt('session', session, { redact: redact === true })
  await rememberLogKeys(context)
  const text = JSON.stringify(receipt, null, 2)
  if (path === undefined) return context.line(text)
  const part = await openPartFile(path, 'begin')
  await part.write(Buffer.from(`${text}\n`))
  await part.complete()
  context.note(
    `${formatNumberOf(receipt.events.length, 'event')}, in ${part.file}; to check it, offline: airs verify ${part.file}`,
  )
}

/** Ids of exchanges and of events look the same. */
async function findReceipt(log: LogApi, id: string, redact: boolean): Promise<Receipt> {
  try {
    return await log.receipt('exchange', id, { redact })
  } catch (error) {
    if (!(error instanceof ApiClientError && error.status === 404)) throw error
    return log.receipt('event', id, { redact })
  }
}
