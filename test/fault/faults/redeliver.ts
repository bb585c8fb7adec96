import { connectBus, createPublisher } from '@airs-cp/bus'
import {
  type AnyEvent,
  ingressOfSource,
  parseEvent,
  subjectOfIngress,
  trafficSubject,
  uuidv7,
} from '@airs-cp/events'
import { sql } from 'kysely'
import type { Fault, Strike } from '../fault.ts'

import type { World } from '../world.ts'

type Message = { subject: string; id: string; json: string }

/** What was delivered is delivered again, under other message ids and in another order. */
export const redeliver: Fault = {
  name: 'duplicated deliveries',
  rounds: { short: 1, long: 10 },
  ends: [],
  async strike(world): Promise<Strike> {
    const events = await recentEvents(world, 600)
    const again = [...events, ...world.random.shuffled(events)]
    await publishAll(world, again.map(toMessage))
    return { mendedAtMs: Date.now() }
  },
}

/**
 * The events of a journal that nobody knows yet come in any order, and some of them twice: an outcome before its
 * request, in batches of their own.
 */
export const reorder: Fault = {
  name: 'reordered deliveries',
  rounds: { short: 2, long: 20 },
  ends: [],
  async strike(world): Promise<Strike> {
    const journal = uuidv7()
    const copies = await copyExchanges(world, journal)
    const reversed = copies.toReversed()
    const middle = Math.floor(reversed.length / 2)
    await publishAll(world, reversed.slice(0, middle).map(toMessage))
    await new Promise((resolve) => setTimeout(resolve, 500))
    const rest = [...reversed.slice(middle), ...reversed.slice(middle - 20, middle)]
    await publishAll(world, world.random.shuffled(rest).map(toMessage))
    return { mendedAtMs: Date.now() }
  },
}

async function recentEvents({ database }: World, count: number): Promise<AnyEvent[]> {
  const { rows } = await sql<{ event: string }>`
    select event from audit.events where journal is not null order by position desc limit ${sql.lit(count)}`.execute(
    database,
  )
  return rows.map(({ event }) => parseEvent(event)).toReversed()
}

/** Whole exchanges, as a client that nobody was would have had them, numbered in a journal of their own. */
async function copyExchanges(world: World, journal: string): Promise<AnyEvent[]> {
  const byExchange = Map.groupBy(await recentEvents(world, 400), ({ exchange }) => exchange)
  const copies: AnyEvent[] = []
  for (const events of byExchange.values()) {
    const [request, outcome] = events
    const sent = request && 'tags' in request.data ? world.load.log.get(request.data.tags[0]!) : undefined
    if (events.length !== 2 || !outcome || !sent || sent.end !== 'finished') continue
    if (!('request' in request!.data) || !request!.data.request.body?.text) continue
    const exchange = uuidv7()
    const marker = uuidv7()
    world.load.log.set(marker, { ...sent, marker, exchange, startedAtMs: Date.now() })
    for (const event of [request!, outcome]) {
      const data = 'tags' in event.data ? { ...event.data, tags: [marker] } : event.data
      const place = { journal, sequence: copies.length + 1, exchange, subject: exchange }
      copies.push({ ...event, ...place, id: uuidv7(), time: new Date().toISOString(), data } as AnyEvent)
    }
  }
  return copies
}

function toMessage(event: AnyEvent): Message {
  const subject = trafficSubject(event.tenant, event.session ?? event.source, event.type)
  const ingress = ingressOfSource(event.source)
  return {
    subject: ingress === undefined ? subject : subjectOfIngress(subject, ingress),
    id: uuidv7(),
    json: JSON.stringify(event),
  }
}

async function publishAll({ stack }: World, messages: Message[]): Promise<void> {
  const bus = await connectBus({ url: stack.natsUrl, name: 'fault' })
  const publisher = createPublisher(bus)
  let failed: Error | undefined
  for (const { subject, id, json } of messages) {
    if (!publisher.hasRoom) await publisher.room()
    publisher.publish(subject, id, Buffer.from(json), (error) => {
      failed ??= error
    })
  }
  await publisher.idle()
  publisher.close()
  await bus.close()
  if (failed) throw failed
}
