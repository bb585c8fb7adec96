import {
  type ControlEvent,
  controlSubject,
  InvalidControlEventError,
  maxEventBytes,
  parseEvent,
  uuidv7,
} from '@airs-cp/events'
import { JetStreamApiError, jetstream } from '@nats-io/jetstream'
import { context, propagation } from '@opentelemetry/api'
import type { Bus } from './connect.ts'
import { ensureTopology } from './topology.ts'

const encoder = new TextEncoder()

/**
 * Appends an event about the control plane to its stream; resolves when JetStream has acknowledged it.
 * @param source the service that appends, as `/airs/<service>`.
 * @returns the event as appended, to wait for by its id.
 * @throws InvalidControlEventError when no consumer could apply it, before anything is appended; and when JetStream does
 * not acknowledge.
 */
export async function appendControlEvent<Type extends ControlEvent['type']>(
  bus: Bus,
  source: string,
  type: Type,
  data: Extract<ControlEvent, { type: Type }>['data'],
  { id = uuidv7(), tenant = 'default' }: { id?: string; tenant?: string } = {},
): Promise<{ id: string }> {
  const trace: { traceparent?: string } = {}
  propagation.inject(context.active(), trace)
  const event = {
    specversion: '1.0',
    id,
    type,
    source,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    tenant,
    ...trace,
    data,
  }
  const json = JSON.stringify(event)
  refuseUnusable(json, data)
  await publishEvent(bus, controlSubject(tenant, type), id, json)
  return { id }
}

/** Postgres takes none in a text. */
function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000')
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNul)
}

function refuseUnusable(json: string, data: object): void {
  const bytes = Buffer.byteLength(json)
  if (bytes > maxEventBytes)
    throw new InvalidControlEventError(
      'too-large',
      `The change has ${bytes} bytes as an event, and ${maxEventBytes} is the most. Nothing was changed; make it smaller, or split it`,
    )
  if (hasNul(data))
    throw new InvalidControlEventError(
      'invalid',
      'The change contains a NUL character, which cannot be stored. Nothing was changed; remove it',
    )
  try {
    parseEvent(json)
  } catch (error) {
    throw new InvalidControlEventError(
      'invalid',
      `The change cannot be recorded, and nothing was changed: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** Publishes with the event id as message id; where the stream is gone, it is made again first. */
export async function publishEvent(bus: Bus, subject: string, id: string, json: string): Promise<void> {
  const stream = jetstream(bus)
  try {
    await stream.publish(subject, encoder.encode(json), { msgID: id })
  } catch (error) {
    if (error instanceof JetStreamApiError) throw error
    await ensureTopology(bus)
    await stream.publish(subject, encoder.encode(json), { msgID: id })
  }
}
