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

/** The same of what may be no event: undefined where `parseEvent` throws. */
export function parseEventIfAny(json: string): AnyEvent | undefined {
  try {
    return parseEvent(json)
  } catch {
    return undefined
  }
}
