import { type Bus, connectBus, createPublisher, type Projection, runProjection } from '@airs-cp/bus'
import { trafficSubject, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { trafficAudit } from '../../services/audit/projection.ts'
import { lineageProjection } from '../../services/lineage/projection.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

const count = 20_000
const turnsPerSession = 5

/** Conversations in which each request repeats all before it, as chat clients do. */
function conversations(): TestEvent[] {
  const source = createTrafficSource()
  const events: TestEvent[] = []
  while (events.length < count) {
    const session = uuidv7()
    const messages: object[] = [{ role: 'system', content: 'You are helpful. '.repeat(20) }]
    for (let turn = 0; turn < turnsPerSession; turn++) {
      const exchange = uuidv7()
      const response = { role: 'assistant', content: `${exchange} ${'dolor sit amet '.repeat(30)}` }
      messages.push({ role: 'user', content: `${exchange} ${'lorem ipsum '.repeat(30)}` })
      events.push(
        source.request(exchange, session, JSON.stringify({ model: 'm', messages })),
        source.completed(exchange, session, JSON.stringify({ choices: [{ index: 0, message: response }] })),
      )
      messages.push(response)
    }
  }
  return events
}

async function publishAll(bus: Bus, events: TestEvent[]): Promise<void> {
  const publisher = createPublisher(bus)
  for (const { session, type, id, json } of events) {
    await publisher.room()
    publisher.publish(trafficSubject('default', session, type), id, Buffer.from(json), (error) => {
      if (error) throw error
    })
  }
  await publisher.idle()
  publisher.close()
}

/** Events per second from JetStream into Postgres. */
async function measure<Tables>(
  bus: Bus,
  url: string,
  projection: Projection<Tables>,
  total: number,
): Promise<number> {
  const database = openDatabase<Tables>({ url, name: 'bench' })
  const startedAtMs = performance.now()
  const running = runProjection({ bus, database, projection })
  while (running.stats().applied < total) await new Promise((resolve) => setTimeout(resolve, 10))
  const rate = (total * 1_000) / (performance.now() - startedAtMs)
  await running.close()
  await database.destroy()
  return rate
}

const servers = await startServers()
const bus = await connectBus({ url: servers.natsUrl, name: 'bench' })
const events = conversations()
const meanBytes = Math.round(events.reduce((sum, { json }) => sum + json.length, 0) / events.length)
await publishAll(bus, events)
const audit = await measure(bus, servers.databaseUrl('airs_audit'), trafficAudit, events.length)
const lineage = await measure(bus, servers.databaseUrl('airs_lineage'), lineageProjection, events.length)
console.log(`${events.length} events of ${meanBytes} bytes, conversations of ${turnsPerSession} turns`)
console.log(`audit    ${Math.round(audit)} events/s`)
console.log(`lineage  ${Math.round(lineage)} events/s, ${(lineage / audit).toFixed(2)} of audit`)
await bus.close()
await servers.stop()
