import type { Key } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { tellActivation } from '../tell-activation.ts'
import { readExpiry } from '../time-range.ts'

type CreateOptions = {
  fingerprint?: string
  forExisting?: string
  model?: string[]
  provider?: string[]
  expires?: string
  requestsPerMinute?: number
  tokensPerMinute?: number
  budgetUsd?: string
}

export function configureKeys(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the client keys, with what they have spent.')
    .action(() => list(context))
  command
    .command('create')
    .description('Make a client key; it is printed once. Apps send it instead of a provider key.')
    .argument('<name>', 'whose key it is')
    .option('--fingerprint <digits>', 'admit an existing credential instead; events name its fingerprint')
    .option('--for-existing <exchange>', 'admit the credential that this exchange came with, refused or not')
    .option('--model <glob...>', 'only these models')
    .option('--provider <name...>', 'only these providers')
    .option('--expires <time>', 'until then, such as 2027-01-01T00:00:00Z, or 90d from now')
    .option('--requests-per-minute <count>', 'at most', readCount)
    .option('--tokens-per-minute <count>', 'at most', readCount)
    .option('--budget-usd <amount>', 'at most, in all')
    .action((name: string, options: CreateOptions) => create(context, name, options))
  command
    .command('revoke')
    .description('Revoke a client key.')
    .argument('<id>', 'its id')
    .action((id: string) => revoke(context, id))
}

async function list(context: Context): Promise<void> {
  const keys = await context.client().keys.list()
  context.answer({ keys }, () => {
    if (keys.length === 0) return 'No client keys; the credentials of apps pass through to the providers.'
    const header = ['id', 'name', 'state', 'limits', 'spent'].map((title) => context.paint('bold', title))
    return formatTable([header, ...keys.map(rowOf)])
  })
}

function rowOf({ keyId, name, limits, spentUsdMicros, revokedAt }: Key): string[] {
  const { models, providers, expiresAt, requestsPerMinute, tokensPerMinute, budgetUsdMicros } = limits
  const told = [
    models && `models ${models.join(' ')}`,
    providers && `providers ${providers.join(' ')}`,
    requestsPerMinute && `${requestsPerMinute} requests/min`,
    tokensPerMinute && `${tokensPerMinute} tokens/min`,
    budgetUsdMicros && `$${budgetUsdMicros / 1e6}`,
    expiresAt && `until ${formatInstant(expiresAt)}`,
  ].filter(Boolean)
  const state = revokedAt ? 'revoked' : 'in force'
  return [keyId, name, state, told.join(', ') || 'none', `$${(spentUsdMicros / 1e6).toFixed(4)}`].map(
    printable,
  )
}

async function create(context: Context, name: string, options: CreateOptions): Promise<void> {
  const { model, provider, expires, requestsPerMinute, tokensPerMinute, budgetUsd, forExisting } = options
  const fingerprint =
    forExisting === undefined ? options.fingerprint : await fingerprintOf(context, forExisting)
  const created = await context.client().keys.create({
    name,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(model && { models: model }),
    ...(provider && { providers: provider }),
    ...(expires !== undefined && { expiresAt: await readExpiry(expires) }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
    ...(budgetUsd !== undefined && { budgetUsdMicros: Math.round(Number(budgetUsd) * 1e6) }),
  })
  context.answer(created, () =>
    created.key === undefined
      ? `${printable(created.name)}: the existing credential is admitted (${created.keyId})`
      : `${created.key}\nThis is key ${created.keyId}; it is not shown again.`,
  )
  tellActivation(context, created.ingresses)
}

/** What the recorded events of an exchange tell of the credential that it came with. */
async function fingerprintOf(context: Context, exchange: string): Promise<string> {
  for await (const { event } of context.client().events.search({ exchange, order: 'ascending', limit: 1 })) {
    const { credential } = event.data as { credential?: { fingerprint?: string } }
    if (credential?.fingerprint !== undefined) return credential.fingerprint
    throw new CommandError(
      exitCodes.failed,
      'no_credential',
      `Exchange ${exchange} came without a credential`,
    )
  }
  throw new CommandError(
    exitCodes.failed,
    'no_such_exchange',
    `Exchange ${exchange} is not recorded; its id is in the header X-AIRS-Exchange-ID of its answer`,
  )
}

async function revoke(context: Context, id: string): Promise<void> {
  const revoked = await context.client().keys.revoke(id)
  context.answer(revoked, () => `${printable(revoked.keyId)}: revoked`)
  tellActivation(context, revoked.ingresses)
}
