import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { formatInstant } from './format.ts'

/** For the options of every command that takes a range. */
export const fromHelp =
  'a day (2024-01-01, UTC), a time (2024-01-01T12:00:00+02:00), today, yesterday, or 7d, 12h, 30m ago'
export const toHelp = 'the same, included'

type Written = { from?: string | undefined; to?: string | undefined }

/**
 * A range as people write it, in the sense that exports give it: a day is a whole day in UTC, a time without a zone is
 * UTC, and `to` is included. How it was understood is noted on standard error.
 * @throws CommandError saying what is accepted.
 */
export async function readTimeRange(
  { from, to }: Written,
  note: Context['note'],
  now = new Date(),
): Promise<{ from?: Date; until?: Date }> {
  if (from === undefined && to === undefined) return {}
  const { endOfMoment, readMoment, momentForms } = await import('@airs-cp/events')
  const read = (name: string, text: string) => {
    const moment = readMoment(text, now)
    if (!moment)
      throw new CommandError(exitCodes.usage, 'usage', `${name} is "${text}": give ${momentForms}.`)
    return moment
  }
  const start = from === undefined ? undefined : read('--from', from)
  const end = to === undefined ? undefined : read('--to', to)
  const until = end && endOfMoment(end)
  if (start && until && start.at >= until)
    throw new CommandError(exitCodes.usage, 'usage', `--from (${from}) is after --to (${to}).`)
  const parts = [
    start && `from ${formatInstant(start.at.toISOString())}`,
    until && `until ${formatInstant(until.toISOString())} (not included)`,
  ]
  note(`Range: ${parts.filter(Boolean).join(' ')}, in UTC`)
  return { ...(start && { from: start.at }), ...(until && { until }) }
}

/** A time that is still to come, for `--expires`. @throws CommandError */
export async function readExpiry(text: string, now = new Date()): Promise<string> {
  const { readMoment } = await import('@airs-cp/events')
  const moment = readMoment(text, now, { isAhead: true })
  if (!moment || moment.at <= now)
    throw new CommandError(
      exitCodes.usage,
      'usage',
      `--expires is "${text}", which is ${moment ? 'over' : 'not a time'}: give a time to come, such as 2027-01-01T00:00:00Z, or 90d.`,
    )
  return moment.at.toISOString()
}
