import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

const dayMs = 24 * 3_600_000
const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/
const zone = /(Z|[+-]\d{2}:?\d{2})$/

/**
 * A range as people write it, in the sense that exports give it: a day is a whole day in UTC, a time without a zone is
 * UTC, and `to` is included.
 * @throws CommandError saying what is accepted.
 */
export function readTimeRange({ from, to }: { from?: string; to?: string }): { from?: Date; until?: Date } {
  const start = from === undefined ? undefined : read('--from', from)
  const end = to === undefined ? undefined : read('--to', to)
  const until = end && new Date(end.at.getTime() + (end.isDay ? dayMs : 1))
  if (start && until && start.at >= until)
    throw new CommandError(exitCodes.usage, 'usage', `--from (${from}) is after --to (${to}).`)
  return { ...(start && { from: start.at }), ...(until && { until }) }
}

function read(name: string, text: string): { at: Date; isDay: boolean } {
  const isDay = day.test(text)
  if (isDay || instant.test(text)) {
    const at = new Date(
      isDay ? `${text}T00:00:00Z` : `${text.replace(' ', 'T')}${zone.test(text) ? '' : 'Z'}`,
    )
    if (!Number.isNaN(at.getTime()) && (!isDay || at.toISOString().startsWith(text))) return { at, isDay }
  }
  throw new CommandError(
    exitCodes.usage,
    'usage',
    `${name} is "${text}": give a day (2024-12-31) or a time (2024-12-31T23:59:59Z, or with an offset such as +02:00).`,
  )
}
