import { checkPlace, eventTokenOf, ingressOfSubject, parseEvent } from '@airs-cp/events'
import type { Item } from './apply-batch.ts'
import type { Projection } from './projection.ts'
import type { PulledMessage } from './pull.ts'

/** Reads messages: parses those that the projection subscribes to, passes over the others. */
export function createReader<Tables>(projection: Projection<Tables>): (message: PulledMessage) => Item {
  const subscribed =
    'on' in projection
      ? new Set(Object.keys(projection.on).map((type) => type.slice('airs.'.length, type.lastIndexOf('.'))))
      : undefined
  return (message) => {
    const { subject, streamSequence, publishedAtMs, data: payload } = message
    const eventId = message.id ?? `${projection.stream.name}:${streamSequence}`
    const base = { eventId, subject, streamSequence, publishedAtMs, payload }
    if (subscribed && !subscribed.has(eventTokenOf(subject) ?? '')) return { ...base, kind: 'ignored' }
    try {
      const json = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8')
      const event = parseEvent(json)
      checkPlace(subject, event)
      const delivery = { event, json, messageId: message.id, ingress: ingressOfSubject(subject) }
      return { ...base, eventId: event.id, kind: 'event', delivery }
    } catch (reason) {
      return { ...base, kind: 'unreadable', reason }
    }
  }
}
