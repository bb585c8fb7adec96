import type { EventEnvelope } from '@airs-cp/client'
import type { Context } from './context.ts'
import { eventFacts } from './event-facts.ts'
import { printable } from './printable.ts'

/** Names that clients choose may be as long as a request: a fact of a line is at most so long, as in the list of exchanges. */
const longestFact = 300

/** An event in one line: when, what, the facts, whose, and its id. */
export function eventLine(event: EventEnvelope, paint: Context['paint']): string {
  const { id, type, time, session } = event
  const name = type.split('.')[1] ?? type
  const facts = eventFacts(event).map(shown)
  return [
    paint('dim', time),
    paint(colour(name), shown(name).padEnd(18)),
    ...facts,
    ...(session === undefined ? [] : [paint('dim', `session ${shown(session)}`)]),
    paint('dim', id),
  ].join('  ')
}

function shown(fact: string): string {
  return printable(fact.length > longestFact ? `${fact.slice(0, longestFact).toWellFormed()}…` : fact)
}

function colour(name: string): 'red' | 'yellow' | 'green' | 'cyan' {
  if (/failed|rejected|gap-found/.test(name)) return 'red'
  if (/blocked|aborted|abandoned|cancelled/.test(name)) return 'yellow'
  return /completed|closed/.test(name) ? 'green' : 'cyan'
}
