import type { EventEnvelope } from '@airs-cp/client'
import type { Context } from './context.ts'
import { eventFacts } from './event-facts.ts'
import { printable } from './printable.ts'

/** An event in one line: when, what, the facts, whose, and its id. */
export function eventLine(event: EventEnvelope, paint: Context['paint']): string {
  const { id, type, time, session } = event
  const name = type.split('.')[1] ?? type
  const facts = eventFacts(event).map(printable)
  return [
    paint('dim', time),
    paint(colour(name), printable(name).padEnd(18)),
    ...facts,
    ...(session === undefined ? [] : [paint('dim', `session ${printable(session)}`)]),
    paint('dim', id),
  ].join('  ')
}

function colour(name: string): 'red' | 'yellow' | 'green' | 'cyan' {
  if (/failed|rejected|gap-found/.test(name)) return 'red'
  if (/blocked|aborted|abandoned|cancelled/.test(name)) return 'yellow'
  return /completed|closed/.test(name) ? 'green' : 'cyan'
}
