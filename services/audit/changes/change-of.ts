import { type AnyEvent, controlSchemas, eventTypes } from '@airs-cp/events'
import { cleaned } from '../search/exchange-rows.ts'

export type Change = { kind: string; subject: string; actor: string }

/** Fields that say what an event is about, the more specific first. */
const subjectFields = [
  'keyId',
  'exportId',
  'backtestId',
  'importId',
  'erasureId',
  'holdId',
  'dropId',
  'name',
  'session',
  'exchange',
  'agent',
  'origin',
] as const

const readingTypes: ReadonlySet<string> = new Set([
  eventTypes.contentRead,
  eventTypes.exportDownloaded,
  eventTypes.archiveRead,
])

/**
 * What a control event says was changed, and by whom; undefined where it says of nobody, as what a service found out. Reading is
 * no change. The kind is the event's type without its verb: `policy-applied` and `policy-removed` are of `policy`.
 */
export function changeOf({ type, data }: AnyEvent): Change | undefined {
  if (!(type in controlSchemas) || readingTypes.has(type)) return undefined
  const facts = data as Record<string, unknown>
  if (typeof facts.actor !== 'string') return undefined
  const kind = type.replace(/^airs\./, '').replace(/-[^-]+\.v\d+$/, '')
  const found = subjectFields.map((field) => facts[field]).find((value) => typeof value === 'string')
  return { kind, subject: cleaned((found as string | undefined) ?? kind), actor: cleaned(facts.actor) }
}
