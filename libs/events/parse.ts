import { type ControlEvent, controlSchemas } from './control.ts'
import { envelopeSchema } from './envelope.ts'
import { type TrafficEvent, trafficSchemas } from './traffic.ts'
import type { EventType } from './types.ts'

export type AnyEvent = TrafficEvent | ControlEvent
export type EventByType<Type extends EventType> = Extract<AnyEvent, { type: Type }>

const schemas = { ...trafficSchemas, ...controlSchemas }

/**
 * Parses one recorded event.
 * @throws SyntaxError when it is not JSON, ZodError when it is not an event of a known type or its data do not fit.
 */
export function parseEvent(json: string): AnyEvent {
  const envelope = envelopeSchema.parse(JSON.parse(json))
  return { ...envelope, data: schemas[envelope.type].parse(envelope.data) } as AnyEvent
}

const writtenTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/

/**
 * The same of an event that somebody else hands in. Rows of an export stand in the order of time and id: what Postgres would write
 * otherwise than the event does would stand elsewhere, and no export that has it could be verified.
 * @throws as above, and Error where id or time are not as AIRS-CP writes them.
 */
export function parseForeignEvent(json: string): AnyEvent {
  const event = parseEvent(json)
  if (event.id !== event.id.toLowerCase()) throw new Error(`id: ${event.id} has capital letters`)
  if (!writtenTime.test(event.time) || event.time < '1970')
    throw new Error(`time: ${event.time} is not of seconds or milliseconds, from 1970 on`)
  return event
}

/** The same as the first of what may be no event: undefined where `parseEvent` throws. */
export function parseEventIfAny(json: string): AnyEvent | undefined {
  try {
    return parseEvent(json)
  } catch {
    return undefined
  }
}
