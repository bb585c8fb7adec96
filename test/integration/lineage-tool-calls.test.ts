import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { type Database, openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { nodeOfTurn } from '../../services/lineage/graph/graph-nodes.ts'
import type { Flow } from '../../services/lineage/graph/read-flows.ts'
import { storeFlows } from '../../services/lineage/graph/store-graph.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { startServers } from '../support/servers.ts'

let servers: Awaited<ReturnType<typeof startServers>>
let database: Database<LineageTables>
before(async () => {
  servers = await startServers()
  database = openDatabase<LineageTables>({ url: servers.databaseUrl('airs_lineage'), name: 'test' })
})
after(async () => {
  await database?.destroy()
  await servers?.stop()
})

/** An agent that asks for the same again and again: the model calls a tool under an id, then a server is asked, which knows no id. */
function agentOf(session: string, calls: readonly string[]): Flow[] {
  const rest = { session, reference: null, omitted: 0 }
  return calls.flatMap((content, index): Flow[] => {
    const [asked, called] = [uuidv7(), uuidv7()]
    const call = { kind: 'tool-call', role: 'assistant', content, name: 'look' } as const
    const result = { kind: 'tool-result', role: 'tool', content: `result ${index}` } as const
    return [
      {
        ...rest,
        exchange: asked,
        direction: 'response',
        nodes: [nodeOfTurn({ ...call, callId: `call ${index}` })],
      },
      { ...rest, exchange: called, direction: 'request', nodes: [nodeOfTurn(call)] },
      { ...rest, exchange: called, direction: 'response', nodes: [nodeOfTurn(result)] },
    ]
  })
}

const store = (flows: Flow[]) =>
  database.transaction().execute((transaction) => storeFlows(transaction, flows))

async function stored(session: string) {
  const nodes = await database
    .selectFrom('lineage.nodes')
    .select(['kind', 'call_id', 'exchange', 'direction', 'generated'])
    .where('session', '=', session)
    .orderBy('exchange')
    .orderBy('direction')
    .execute()
  return nodes.map(({ kind, call_id, exchange, direction, generated }) =>
    [kind, call_id, exchange, direction, generated].join(' '),
  )
}

test('what a server is asked is the last call of the model with these arguments, in whatever batches, and stored again', async () => {
  const calls = fc.array(fc.constantFrom('{}', '{"job":1}'), { minLength: 1, maxLength: 6 })
  const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 18, maxLength: 18 })
  await fc.assert(
    fc.asyncProperty(calls, sizes, async (contents, batchSizes) => {
      const session = uuidv7()
      const flows = agentOf(session, contents)
      const expected = flows
        .flatMap(({ exchange, direction }, at) => {
          const id = `call ${Math.floor(at / 3)}`
          if (at % 3 === 0) return [`tool-call ${id} ${exchange} ${direction} true`]
          return at % 3 === 2 ? [`tool-result ${id} ${exchange} ${direction} true`] : []
        })
        .sort()
      for (let from = 0, batch = 0; from < flows.length; from += batchSizes[batch++]!)
        await store(flows.slice(from, from + batchSizes[batch]!))
      assert.deepEqual((await stored(session)).sort(), expected)
      await store(flows)
      for (const flow of flows) await store([flow])
      assert.deepEqual((await stored(session)).sort(), expected)
    }),
    { numRuns: 30 },
  )
})
