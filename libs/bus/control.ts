import { type ControlEvent, controlSubject, uuidv7 } from '@airs-cp/events'
import { JetStreamApiError, jetstream } from '@nats-io/jetstream'
import { context, propagation } from '@opentelemetry/api'
import type { Bus } from './connect.ts'
import { ensureTopology } from './topology.ts'

const encoder = new TextEncoder()

/**
 * Appends an event about the control plane to its stream; answers when JetStream has acknowledged it.
 * @param source the service that appends, as `/airs/<service>`.
 * @returns the event as appended, to wait for by its id.
 * @throws when JetStream does not acknowledge.
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
  await publishEvent(bus, controlSubject(tenant, type), id, JSON.stringify(event))
  return { id }
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
