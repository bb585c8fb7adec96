import { type Bus, connectBus } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import type { Stack as LocalStack } from '../../infra/local/stack.ts'

type ConsumerInfo = { num_pending: number; num_ack_pending: number }

const intervalMs = 15
const limitMs = 90_000

/**
 * Watches a stack for being settled: everything that it has recorded is applied by audit, policy and lineage.
 * @returns resolves when it is. @throws after a minute and a half, naming what was not applied.
 */
export async function watchSettling({ urls, databaseUrl, natsUrl }: LocalStack) {
  await using stack = new AsyncDisposableStack()
  const bus = stack.adopt(await connectBus({ url: natsUrl, name: 'test' }), (bus) => bus.close())
  const database = stack.use(openDatabase<unknown>({ url: databaseUrl, name: 'test', max: 1 }))
  const open = stack.move()

  const obstacle = async () =>
    (await unshipped(urls.ingress!, database)) ?? (await unapplied(bus)) ?? (await unsent(database))

  /** What was stopped and started again responds only when it is up, and our own connection to it is as well. */
  const look = async () => {
    try {
      return [await obstacle(), await lastSequences(bus)] as const
    } catch (error) {
      return [`${error}`, ''] as const
    }
  }

  return {
    async settled(): Promise<void> {
      const deadline = Date.now() + limitMs
      // What a projection finds out is recorded in its turn: nothing may be left to do, and nothing have come meanwhile.
      for (let before = '', since = 'not looked'; ; ) {
        const [waitsFor, ends] = await look()
        since = ends
        if (waitsFor === undefined && before === since) return
        if (Date.now() > deadline) throw new Error(`Not settled after ${limitMs} ms: ${waitsFor ?? since}`)
        before = waitsFor === undefined ? since : ''
        if (waitsFor !== undefined) await new Promise((resolve) => setTimeout(resolve, intervalMs))
      }
    },
    close: () => open.disposeAsync(),
  }
}

/** The ingress numbers the events of each of its starts; the audit service stores how far it has each. */
async function unshipped(ingress: string, database: Database<unknown>): Promise<string | undefined> {
  const metrics = await (await fetch(`${ingress}/metrics`)).text()
  const written = Number(/^airs_journal_synced_total(?:\{.*\})? (\d+)/m.exec(metrics)?.[1] ?? 0)
  if (written === 0) return undefined
  // The audit service may not have heard of the journal of this start, so its name comes from the ingress.
  const journals = [...metrics.matchAll(/^airs_shipper_confirmed\{[^}]*journal="([^"]+)"/gm)]
  const journal =
    journals
      .map(([, name]) => name!)
      .sort()
      .at(-1) ?? ''
  const { rows } = await sql<{ committed: number }>`
    select committed::int as committed from audit.journals where journal = ${journal}`.execute(database)
  const committed = rows[0]?.committed ?? 0
  return committed < written ? `${written - committed} events of the ingress are not stored` : undefined
}

async function unapplied(bus: Bus): Promise<string | undefined> {
  for (const { name } of Object.values(streams)) {
    const { consumers = [] } = await ask<{ consumers?: (ConsumerInfo & { name: string })[] }>(
      bus,
      `CONSUMER.LIST.${name}`,
    )
    for (const { name: consumer, num_pending, num_ack_pending } of consumers)
      if (num_pending + num_ack_pending > 0)
        return `${consumer} has ${num_pending + num_ack_pending} messages of ${name} to apply`
  }
  return undefined
}

async function unsent(database: Database<unknown>): Promise<string | undefined> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from policy.outbox`.execute(
    database,
  )
  return rows[0]!.count > 0 ? `${rows[0]!.count} events are in the outbox of the policy service` : undefined
}

async function lastSequences(bus: Bus): Promise<string> {
  const ends = await Promise.all(
    Object.values(streams).map(async ({ name }) => {
      const { state } = await ask<{ state: { last_seq: number } }>(bus, `STREAM.INFO.${name}`)
      return `${name} ${state.last_seq}`
    }),
  )
  return ends.join(', ')
}

async function ask<Response>(bus: Bus, request: string): Promise<Response> {
  const response = (await bus.request(`$JS.API.${request}`, '{}')).json<
    Response & { error?: { description: string } }
  >()
  if (response.error) throw new Error(`${request}: ${response.error.description}`)
  return response
}
