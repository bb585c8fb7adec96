import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Calls, type TracedExchange, trace } from './trace.ts'

const noCalls: Calls = { calls: new Map(), results: new Map(), callIdOf: new Map() }
const all = { depth: 100, limit: 100 }

/** A chat in which each request repeats everything: question n, answer n. */
function chat(turns: string[][]): TracedExchange[] {
  return turns.map(([question, response], index) => ({
    exchange: `e${index}`,
    inputs: [...turns.slice(0, index).flat(), question!],
    outputs: response === undefined ? [] : [response],
    continues: undefined,
  }))
}

test('backwards reaches everything that came before, by the shortest way', () => {
  const exchanges = chat([
    ['q0', 'a0'],
    ['q1', 'a1'],
  ])
  const { depths, edges } = trace(
    exchanges,
    noCalls,
    { nodes: ['a1'], at: 1 },
    { direction: 'backwards', ...all },
  )
  assert.deepEqual(Object.fromEntries(depths), { a1: 0, q0: 1, a0: 1, q1: 1 })
  assert.deepEqual(edges, [
    { node: 'a1', derivedFrom: ['q0', 'a0', 'q1'], relation: 'request', exchange: 'e1' },
    { node: 'a0', derivedFrom: ['q0'], relation: 'request', exchange: 'e0' },
  ])
})

test('forwards reaches what was made of it, and nothing from before', () => {
  const exchanges = chat([
    ['q0', 'a0'],
    ['q1', 'a1'],
    ['q2', 'a2'],
  ])
  const { depths } = trace(exchanges, noCalls, { nodes: ['a1'], at: 2 }, { direction: 'forwards', ...all })
  assert.deepEqual([...depths.keys()], ['a1', 'a2'])
})

test('words that are said again later do not bring the later into the past', () => {
  const exchanges: TracedExchange[] = [
    { exchange: 'e0', inputs: ['q0'], outputs: ['yes'], continues: undefined },
    { exchange: 'e1', inputs: ['secret'], outputs: ['yes'], continues: undefined },
  ]
  const backwards = trace(exchanges, noCalls, { nodes: ['yes'], at: 0 }, { direction: 'backwards', ...all })
  assert.deepEqual([...backwards.depths.keys()], ['yes', 'q0'])
})

test('results lead to their calls, and continued answers to what they continue', () => {
  const exchanges: TracedExchange[] = [
    { exchange: 'e0', inputs: ['q0'], outputs: ['call'], continues: undefined },
    { exchange: 'e1', inputs: ['result'], outputs: ['a1'], continues: 0 },
  ]
  const calls: Calls = {
    calls: new Map([['c', ['call']]]),
    results: new Map([['c', ['result']]]),
    callIdOf: new Map([
      ['call', 'c'],
      ['result', 'c'],
    ]),
  }
  const backwards = trace(exchanges, calls, { nodes: ['a1'], at: 1 }, { direction: 'backwards', ...all })
  assert.deepEqual([...backwards.depths.keys()], ['a1', 'result', 'call', 'q0'])
  assert.deepEqual(
    backwards.edges.map(({ relation }) => relation),
    ['request', 'continuation', 'call', 'request'],
  )
  const forwards = trace(exchanges, calls, { nodes: ['call'], at: 0 }, { direction: 'forwards', ...all })
  assert.deepEqual([...forwards.depths.keys()].sort(), ['a1', 'call', 'result'])
})

test('stops at the depth and the limit that are asked for', () => {
  const exchanges = chat([
    ['q0', 'a0'],
    ['q1', 'a1'],
  ])
  const start = { nodes: ['a1'], at: 1 }
  const near = trace(exchanges, noCalls, start, { direction: 'backwards', depth: 0, limit: 100 })
  assert.deepEqual([...near.depths.keys()], ['a1'])
  const few = trace(exchanges, noCalls, start, { direction: 'backwards', depth: 9, limit: 2 })
  assert.equal(few.depths.size, 2)
  assert.equal(few.isTruncated, true)
})
