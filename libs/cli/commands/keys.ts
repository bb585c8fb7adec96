import type { Key } from '@airs-cp/client'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { findKey } from '../find-key.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { addKeyOptions, type KeyOptions, readKeyFields } from '../key-fields.ts'
import { noteActivation } from '../note-activation.ts'
import { printable } from '../printable.ts'
import { formatTable } from '../table.ts'

type Existing = { fingerprint?: string; forExisting?: string }

export function configureKeys(command: Command, context: Context): void {
  const keyed = (name: string) => command.command(name).argument('<key>', 'its id or name')
  command
    .command('list', { isDefault: true })
    .description('List the client keys, with what they have spent and what is left of their budgets.')
    .action(() => list(context))
  keyed('show')
    .description('Show a client key: its limits, whose it is, what is left of its budget.')
    .action((key: string) => show(context, key))
  addExisting(addKeyOptions(command.command('create')))
    .description('Make a client key; it is printed once. Apps send it instead of a provider key.')
    .argument('<name>', 'whose key it is')
    .action((name: string, options: KeyOptions & Existing) => create(context, name, options))
  addKeyOptions(keyed('edit'), { isEdit: true })
    .description(
      'Change what a client key may do. Options that you leave out stay as they are; none removes a limit, for example --expires none.',
    )
    .option('--name <name>', 'another name')
    .option('--reason <text>', 'why, for the record')
    .action((key: string, options: KeyOptions & { name?: string; reason?: string }) =>
      edit(context, key, options),
    )
  addExisting(keyed('rotate'))
    .description('Give a client key a new secret; it is printed once.')
    .addOption(
      new Option('--grace <time>', 'how long the former secret is accepted: 0, 30m, 12h, 7d')
        .argParser(readGrace)
        .default(86_400, '1d'),
    )
    .action((key: string, options: Existing & { grace: number }) => rotate(context, key, options))
  keyed('revoke')
    .description('Revoke a client key.')
    .action((key: string) => revoke(context, key))
}

function addExisting(command: Command): Command {
  return command
    .option('--fingerprint <digits>', 'admit an existing credential instead; events name its fingerprint')
    .option('--for-existing <exchange>', 'admit the credential that this exchange came with, refused or not')
}

const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 }

function readGrace(text: string): number {
  const [, count, unit] = /^(\d{1,7})([smhd]?)$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('Give a time, such as 0, 30m, 12h or 7d.')
  return Number(count) * secondsOf[unit || 's']!
}

async function list(context: Context): Promise<void> {
  const keys = await context.client().keys.list()
  context.result({ keys }, () => {
    if (keys.length === 0) return 'No client keys; the credentials of apps pass through to the providers.'
    const header = ['id', 'name', 'state', 'limits', 'fixed', 'spent', 'left'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...keys.map(rowOf)])
  })
}

function rowOf(key: Key): string[] {
  const { keyId, name, budget, spentUsdMicros } = key
  return [
    keyId,
    name,
    stateOf(key),
    limitsOf(key).join(', ') || 'none',
    fixedOf(key).join(', ') || '-',
    dollars(spentUsdMicros),
    budget === null ? '-' : dollars(budget.remainingUsdMicros),
  ].map(printable)
}

function stateOf({ revokedAt, limits: { expiresAt } }: Key): string {
  if (revokedAt) return 'revoked'
  return expiresAt !== undefined && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'in force'
}

function limitsOf({ limits, budget }: Key): string[] {
  const { models, providers, expiresAt, requestsPerMinute, tokensPerMinute } = limits
  return [
    models && `models ${models.join(' ')}`,
    providers && `providers ${providers.join(' ')}`,
    requestsPerMinute && `${formatNumberOf(requestsPerMinute, 'request')}/min`,
    tokensPerMinute && `${formatNumberOf(tokensPerMinute, 'token')}/min`,
    budget && `$${budget.usdMicros / 1e6}${budget.period === 'total' ? '' : ` a ${budget.period}`}`,
    expiresAt && `until ${formatInstant(expiresAt)}`,
  ].filter((one) => typeof one === 'string')
}

function fixedOf({ fixed: { tenant, agent, tags } }: Key): string[] {
  return [
    tenant !== undefined && `tenant ${tenant}`,
    agent !== undefined && `agent ${agent}`,
    tags !== undefined && `tags ${tags.join(' ')}`,
  ].filter((one) => typeof one === 'string')
}

async function show(context: Context, idOrName: string): Promise<void> {
  const key = await findKey(context, idOrName)
  context.result(key, () => {
    const { budget, fingerprint, formerUntil, changedAt, revokedAt } = key
    const lines: [string, string | null | undefined][] = [
      ['key', key.name],
      ['id', key.keyId],
      ['state', stateOf(key)],
      ['limits', limitsOf(key).join(', ') || 'none'],
      ['fixed', fixedOf(key).join(', ') || 'nothing; the headers of the client count'],
      ['spent', `${dollars(key.spentUsdMicros)} in total`],
      [
        'budget',
        budget &&
          `${dollars(budget.spentUsdMicros)} of $${budget.usdMicros / 1e6} ${budget.period === 'total' ? 'in total' : `this ${budget.period}`}, ${dollars(budget.remainingUsdMicros)} left`,
      ],
      ['renews', budget?.renewsAt && formatInstant(budget.renewsAt)],
      ['fingerprint', fingerprint],
      ['former', formerUntil && `the former secret is accepted until ${formatInstant(formerUntil)}`],
      ['created', `${formatInstant(key.createdAt)} by ${key.actor}`],
      ['changed', changedAt && formatInstant(changedAt)],
      ['revoked', revokedAt && formatInstant(revokedAt)],
    ]
    return formatTable(
      lines.flatMap(([title, value]) =>
        typeof value === 'string' ? [[context.paint('bold', title), printable(value)]] : [],
      ),
    )
  })
}

function dollars(usdMicros: number): string {
  return `$${(usdMicros / 1e6).toFixed(4)}`
}

async function create(
  context: Context,
  name: string,
  { fingerprint, forExisting, ...options }: KeyOptions & Existing,
): Promise<void> {
  const existing = await existingOf(context, { fingerprint, forExisting })
  const fields = await readKeyFields(options)
  const created = await context.client().keys.create({ name, ...existing, ...present(fields) })
  context.result(created, () =>
    created.key === undefined
      ? `${printable(created.name)}: the existing credential is admitted (${created.keyId})`
      : `${created.key}\nThis is key ${created.keyId}; it is not shown again.`,
  )
  noteActivation(context, created.ingresses)
}

/** A new key has nothing that could be removed. */
function present<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Name in keyof Fields]: NonNullable<Fields[Name]>
  }
}

async function edit(
  context: Context,
  idOrName: string,
  { name, reason, ...options }: KeyOptions & { name?: string; reason?: string },
): Promise<void> {
  const fields = await readKeyFields(options)
  if (name === undefined && Object.keys(fields).length === 0)
    throw new CommandError(exitCodes.usage, 'nothing_to_change', 'Name what is to change; see --help')
  const { keyId } = await findKey(context, idOrName)
  const about = { ...(name !== undefined && { name }), ...(reason !== undefined && { reason }) }
  const edited = await context.client().keys.edit(keyId, { ...fields, ...about })
  context.result(edited, () => {
    const held = [...limitsOf(edited), ...fixedOf(edited)]
    return `${printable(edited.name)}: ${printable(held.join(', ') || 'no limits')}`
  })
  noteActivation(context, edited.ingresses)
}

async function rotate(
  context: Context,
  idOrName: string,
  { grace, ...existing }: Existing & { grace: number },
): Promise<void> {
  const { keyId } = await findKey(context, idOrName)
  const rotated = await context
    .client()
    .keys.rotate(keyId, { graceSeconds: grace, ...(await existingOf(context, existing)) })
  const { name, key, formerUntil } = rotated
  const former =
    grace === 0
      ? 'The former one is refused from now on.'
      : `The former one is accepted until ${formatInstant(formerUntil)}.`
  context.result(rotated, () =>
    key === undefined
      ? `${printable(name)}: the other credential is admitted. ${former}`
      : `${key}\nThis is the new secret of ${printable(name)}; it is not shown again. ${former}`,
  )
  noteActivation(context, rotated.ingresses)
}

async function existingOf(context: Context, { fingerprint, forExisting }: Existing) {
  const digits = forExisting === undefined ? fingerprint : await fingerprintOf(context, forExisting)
  return { ...(digits !== undefined && { fingerprint: digits }) }
}

/** The credential that an exchange came with, as its recorded events name it. */
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
    `Exchange ${exchange} is not recorded; its id is in the header X-AIRS-Exchange-ID of its response`,
  )
}

async function revoke(context: Context, idOrName: string): Promise<void> {
  const { keyId, name } = await findKey(context, idOrName)
  const revoked = await context.client().keys.revoke(keyId)
  context.result(revoked, () => `${printable(name)}: revoked`)
  noteActivation(context, revoked.ingresses)
}
