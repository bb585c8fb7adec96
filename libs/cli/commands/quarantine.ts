import type { Quarantine } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { tellActivation } from '../tell-activation.ts'

type ReleaseOptions = { reason?: string; tenant?: string; caller?: string }
type AddOptions = ReleaseOptions & { for?: number }
type RuleOptions = { violations?: number; within?: number; for?: number; reason?: string }

export function configureQuarantine(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the sessions in quarantine, newest first: until when, and why.')
    .option('--all', 'those that are over too')
    .option('-n, --limit <count>', 'how many at most', readCount, 100)
    .action((options: { all?: true; limit: number }) => list(context, options))
  command
    .command('add')
    .description('Quarantine a session: its exchanges are refused while the mode is enforce.')
    .argument('<session>', 'its id, as in X-Session-ID')
    .option('--for <seconds>', 'how long; default: as the rule says', readCount)
    .option('--reason <text>', 'why, for the record')
    .option('--tenant <name>', 'of which tenant; default: default')
    .option('--caller <caller>', 'whose session: key:ID or credential:FINGERPRINT; default: whoever names it')
    .action((session: string, options: AddOptions) => add(context, session, options))
  command
    .command('release')
    .description('Release a session from quarantine.')
    .argument('<session>', 'its id')
    .option('--reason <text>', 'why, for the record')
    .option('--tenant <name>', 'of which tenant; default: of every tenant')
    .option('--caller <caller>', 'whose session; default: of every caller')
    .action((session: string, options: ReleaseOptions) => release(context, session, options))
  command
    .command('rule')
    .description('Show or set after how many violations a session is quarantined by itself; 0: never.')
    .option('--violations <count>', 'exchanges that an enforcing policy refused', readCount)
    .option('--within <seconds>', 'within this time', readCount)
    .option('--for <seconds>', 'for so long', readCount)
    .option('--reason <text>', 'why, for the record')
    .action((options: RuleOptions) => rule(context, options))
}

async function list(context: Context, options: { all?: true; limit: number }): Promise<void> {
  const answer = await context.client().quarantine.list(options)
  context.answer(answer, () => {
    if (answer.sessions.length === 0) return 'No session is in quarantine.'
    const header = ['session', 'state', 'until', 'whose', 'by', 'why'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...answer.sessions.map(rowOf)])
  })
}

function rowOf({
  session,
  caller,
  state,
  until,
  actor,
  reason,
  releasedBy,
  releaseReason,
}: Quarantine): string[] {
  const released = releasedBy === null ? '' : `; released by ${releasedBy}: ${releaseReason || '-'}`
  return [
    printable(session),
    state,
    formatInstant(until),
    printable(caller ?? 'whoever'),
    printable(actor),
    printable(`${reason || '-'}${released}`),
  ]
}

async function add(
  context: Context,
  session: string,
  { for: forSeconds, ...options }: AddOptions,
): Promise<void> {
  const quarantine = await context
    .client()
    .quarantine.add(session, { ...options, ...(forSeconds !== undefined && { forSeconds }) })
  context.answer(
    quarantine,
    () => `${printable(session)}: in quarantine until ${formatInstant(quarantine.until)}`,
  )
  tellActivation(context, quarantine.ingresses)
}

async function release(context: Context, session: string, options: ReleaseOptions): Promise<void> {
  const released = await context.client().quarantine.release(session, options)
  context.answer(released, () => `${printable(session)}: released`)
  tellActivation(context, released.ingresses)
}

async function rule(
  context: Context,
  { violations, within, for: forSeconds, reason }: RuleOptions,
): Promise<void> {
  const { quarantine } = context.client()
  const current = (await quarantine.list({ limit: 1 })).rule
  const isChange = [violations, within, forSeconds].some((value) => value !== undefined)
  const now = isChange
    ? await quarantine.setRule({
        violations: violations ?? current.violations,
        withinSeconds: within ?? current.withinSeconds,
        forSeconds: forSeconds ?? current.forSeconds,
        ...(reason !== undefined && { reason }),
      })
    : current
  context.answer(now, () =>
    now.violations === 0
      ? `No session is quarantined by itself. Policies and people quarantine for ${now.forSeconds} s.`
      : `A session is quarantined for ${now.forSeconds} s after ${formatNumberOf(now.violations, 'violation')} within ${now.withinSeconds} s.`,
  )
}
