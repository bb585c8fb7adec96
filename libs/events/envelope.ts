import { z } from 'zod'
import { tenantPattern } from './subjects.ts'
import { type EventType, eventTypes } from './types.ts'

/** The first member of what is left of an event whose content was erased: its facts. */
export const factsFormat = 'airs-facts/1'

/**
 * CloudEvents 1.0 in structured JSON, with AIRS-CP's extension attributes.
 *
 * `id` is a UUIDv7 and also the JetStream message id. `journal` and `sequence` are present on traffic events:
 * every journal numbers its events 1, 2, 3, … without gaps. Control events carry neither.
 */
export const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  type: z.enum(Object.values(eventTypes) as [EventType, ...EventType[]]),
  source: z.string().min(1),
  subject: z.string().optional(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  tenant: z.string().regex(tenantPattern),
  session: z.string().optional(),
  /**
   * Whose session it is: `key:` and the id of a client key, or `credential:` and the fingerprint of another credential.
   * Absent for a client without any, and in events of version 0.1.
   */
  caller: z.string().optional(),
  exchange: z.string().optional(),
  journal: z.string().optional(),
  sequence: z.int().positive().optional(),
  traceparent: z.string().optional(),
  /** Present where the content was erased: bodies have their sizes alone, and digests are salted. */
  facts: z.literal(factsFormat).optional(),
  data: z.record(z.string(), z.unknown()),
})

export type Envelope = z.infer<typeof envelopeSchema>

/** An event whose data has the type `Data`. */
export type EventOf<Type extends EventType, Data> = Omit<Envelope, 'type' | 'data'> & {
  type: Type
  data: Data
}
