import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Call, type Edge, edgesOf, type Flow } from './session-graph.ts'

const node = fc.constantFrom(...'abcdefgh')
const exchange = fc.constantFrom('1', '2', '3')
const flows = fc.uniqueArray(
  fc.record({
    exchange,
    direction: fc.constantFrom('request' as const, 'response' as const),
    nodes: fc.array(node, { maxLength: 6 }),
    reference: fc.constantFrom(null, 'x', 'y'),
    omitted: fc.constant(0),
  }),
  { selector: (flow) => `${flow.exchange} ${flow.direction}` },
)
const calls = fc.array(fc.record({ exchange, result: node, call: node }), { maxLength: 5 })

/** Every derivation by itself, as the tables say it. */
function derivations(flows: Flow[], calls: Call[]): Set<string> {
  const found = new Set(calls.map(({ exchange, result, call }) => `${exchange} call ${result} ${call}`))
  for (const responded of flows.filter(({ direction }) => direction === 'response'))
    for (const asked of flows.filter(
      (flow) => flow.direction === 'request' && flow.exchange === responded.exchange,
    ))
      for (const to of responded.nodes) {
        for (const from of asked.nodes) found.add(`${responded.exchange} request ${to} ${from}`)
        for (const continued of flows)
          if (
            continued.direction === 'response' &&
            asked.reference !== null &&
            continued.reference === asked.reference
          )
            for (const from of continued.nodes) found.add(`${responded.exchange} continuation ${to} ${from}`)
      }
  return found
}

const spread = (edges: Edge[]) =>
  edges.flatMap(({ exchange, relation, node, derivedFrom }) =>
    derivedFrom.map((from) => `${exchange} ${relation} ${node} ${from}`),
  )

test('has every derivation of a session once, or counts those that are too many', () =>
  fc.assert(
    fc.property(flows, calls, fc.nat(60), (flows, calls, most) => {
      const all = derivations(flows, calls)
      const whole = edgesOf(flows, calls)
      assert.deepEqual(new Set(spread(whole.edges)), all)
      assert.equal(spread(whole.edges).length, all.size)
      assert.equal(whole.omitted, 0)
      const cut = edgesOf(flows, calls, most)
      assert.equal(spread(cut.edges).length, Math.min(most, all.size))
      assert.equal(spread(cut.edges).length + cut.omitted, all.size)
    }),
  ))
