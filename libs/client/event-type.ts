import type { EventType } from '@airs-cp/events'
import { ArgumentError } from './errors.ts'

/** Every event type by its short name, such as `request-received`. */
export async function eventTypesByName(): Promise<Map<string, EventType>> {
  const { eventTypes } = await import('@airs-cp/events')
  return new Map(Object.values(eventTypes).map((type) => [type.split('.')[1]!, type]))
}

/**
 * The event type that a person means by its full or its short name.
 * @throws ArgumentError that lists what there is.
 */
export async function findEventType(text: string): Promise<EventType> {
  const types = await eventTypesByName()
  const found = types.get(text) ?? [...types.values()].find((type) => type === text)
  if (found) return found
  throw new ArgumentError(`"${text}" is not a type of event; there are ${[...types.keys()].join(', ')}`)
}
