import type { CallerQuarantine, Quarantine } from '@airs-cp/client'
import { type Command, Option } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { findKey } from '../find-key.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { noteActivation } from '../note-activation.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

/** Who is meant: a session, a caller, or a session of a caller. */
type Whose = { tenant?: string; caller?: string; key?: string; exchange?: string }
type ReleaseOptions = Whose & { reason?: string }
type AddOptions = ReleaseOptions & { for?: number }
type RuleOptions = {
  violations?: number
  within?: number
  for?: number
  reason?: string
  target?: 'session' | 'caller'
}

export function configureQuarantine(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the sessions, client keys and credentials in quarantine, newest first.')
    .option('--all', 'include those that have ended')
    .option('-n, --limit <count>', 'how many at most', readCount, 100)
    .action((options: { all?: true; limit: number }) => list(context, options))
  withCaller(command.command('add'))
    .description('Quarantine a session, or a client key or credential in all of its sessions.')
    .argument('[session]', 'its id, as in X-Session-ID; leave it out to quarantine the caller everywhere')
    .option('--for <seconds>', 'how long; default: as the rule says', readCount)
    .option('--reason <text>', 'why, for the record')
    .option('--tenant <name>', 'the tenant of the session; default: default')
    .action((session: string | undefined, options: AddOptions) => add(context, session, options))
  withCaller(command.command('release'))
    .description('Release a session, client key or credential from quarantine.')
    .argument('[session]', 'its id; leave it out to release the caller')
    .option('--reason <text>', 'why, for the record')
    .option('--tenant <name>', 'the tenant of the session; default: every tenant')
    .action((session: string | undefined, options: ReleaseOptions) => release(context, session, options))
  command
    .command('rule')
    .description('Show or set after how many violations a session or caller is quarantined; 0: never.')
    .option('--violations <count>', 'how many exchanges an enforcing policy must have refused', readCount)
    .option('--within <seconds>', 'within so many seconds', readCount)
    .option('--for <seconds>', 'how many seconds the quarantine lasts', readCount)
    .addOption(
      new Option('--target <target>', 'what is counted and quarantined').choices(['session', 'caller']),
    )
    .option('--reason <text>', 'why, for the record')
    .action((options: RuleOptions) => rule(context, options))
}

function withCaller(command: Command): Command {
  return command
    .option('--key <key>', 'the caller: a client key, by id or name')
    .option('--caller <caller>', 'the caller: key:ID or credential:FINGERPRINT, as in events')
    .option('--exchange <id>', 'the caller: whoever sent this exchange')
}

async function callerOf(context: Context, { key, caller, exchange }: Whose): Promise<string | undefined> {
  if ([key, caller, exchange].filter((one) => one !== undefined).length > 1)
    throw new CommandError(exitCodes.usage, 'two_callers', 'Use one of --key, --caller and --exchange')
  if (key !== undefined) return `key:${(await findKey(context, key)).keyId}`
  if (exchange === undefined) return caller
  const search = { exchange, order: 'ascending', limit: 1 } as const
  for await (const { event } of context.client().events.search(search))
    if (event.caller !== undefined) return event.caller
  throw new CommandError(
    exitCodes.failed,
    'no_caller',
    `Exchange ${printable(exchange)} is not recorded, or came without a credential`,
  )
}

function needsTarget(): CommandError {
  return new CommandError(
    exitCodes.usage,
    'no_target',
    'Name a session, or a caller by --key, --caller or --exchange',
  )
}

async function list(context: Context, options: { all?: true; limit: number }): Promise<void> {
  const listed = await context.client().quarantine.list(options)
  context.result(listed, () => {
    const rows = [
      ...listed.callers.map((caller) => ['(all)', ...rowOf(caller)]),
      ...listed.sessions.map((session) => [printable(session.session), ...rowOf(session)]),
    ]
    if (rows.length === 0) return 'No session and no caller is in quarantine.'
    const header = ['session', 'state', 'until', 'whose', 'by', 'why'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...rows])
  })
}

function rowOf(quarantine: Quarantine | CallerQuarantine): string[] {
  const { caller, state, until, actor, reason, releasedBy, releaseReason } = quarantine
  const released = releasedBy === null ? '' : `; released by ${releasedBy}: ${releaseReason || '-'}`
  return [
    state,
    formatInstant(until),
    printable(caller ?? 'whoever'),
    printable(actor),
    printable(`${reason || '-'}${released}`),
  ]
}

async function add(
  context: Context,
  session: string | undefined,
  { for: forSeconds, reason, tenant, ...whose }: AddOptions,
): Promise<void> {
  const { quarantine } = context.client()
  const caller = await callerOf(context, whose)
  const options = {
    ...(reason !== undefined && { reason }),
    ...(forSeconds !== undefined && { forSeconds }),
  }
  if (session === undefined && caller === undefined) throw needsTarget()
  const added =
    session === undefined
      ? await quarantine.addCaller(caller!, options)
      : await quarantine.add(session, {
          ...options,
          ...(tenant !== undefined && { tenant }),
          ...(caller !== undefined && { caller }),
        })
  context.result(
    added,
    () => `${printable(session ?? caller!)}: in quarantine until ${formatInstant(added.until)}`,
  )
  noteActivation(context, added.ingresses)
}

async function release(
  context: Context,
  session: string | undefined,
  { reason, tenant, ...whose }: ReleaseOptions,
): Promise<void> {
  const { quarantine } = context.client()
  const caller = await callerOf(context, whose)
  const options = { ...(reason !== undefined && { reason }) }
  if (session === undefined && caller === undefined) throw needsTarget()
  const released =
    session === undefined
      ? await quarantine.releaseCaller(caller!, options)
      : await quarantine.release(session, {
          ...options,
          ...(tenant !== undefined && { tenant }),
          ...(caller !== undefined && { caller }),
        })
  context.result(released, () => `${printable(session ?? caller!)}: released`)
  noteActivation(context, released.ingresses)
}

async function rule(
  context: Context,
  { violations, within, for: forSeconds, target, reason }: RuleOptions,
): Promise<void> {
  const { quarantine } = context.client()
  const current = (await quarantine.list({ limit: 1 })).rule
  const isChange = [violations, within, forSeconds, target].some((value) => value !== undefined)
  const now = isChange
    ? await quarantine.setRule({
        violations: violations ?? current.violations,
        withinSeconds: within ?? current.withinSeconds,
        forSeconds: forSeconds ?? current.forSeconds,
        target: target ?? current.target,
        ...(reason !== undefined && { reason }),
      })
    : current
  context.result(now, () =>
    now.violations === 0
      ? `Nothing is quarantined by itself. Policies and people quarantine for ${now.forSeconds} s.`
      : `A ${now.target} is quarantined for ${now.forSeconds} s after ${formatNumberOf(now.violations, 'violation')} within ${now.withinSeconds} s.`,
  )
}
