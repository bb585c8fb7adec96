import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { directLines } from './direct-lines.ts'
import { layOut } from './layout.ts'
import type { Edge, Node } from './queries.ts'

const edge = (node: string, derivedFrom: string[], relation: Edge['relation'] = 'request'): Edge => ({
  node,
  exchange: 'exchange',
  relation,
  derivedFrom,
})

/** Contents that repeat are one node, so there may be circles. */
const anyEdges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.uniqueArray(fc.integer({ min: 0, max: 9 })))
    .map(([node, from]) => edge(String(node), from.map(String))),
  { maxLength: 20 },
)

function reachable(lines: { from: string; to: string }[]): string[] {
  const pairs = new Map(lines.map(({ from, to }) => [`${from} ${to}`, [from, to] as const]))
  for (let size = 0; size < pairs.size; ) {
    size = pairs.size
    for (const [a, b] of [...pairs.values()])
      for (const [c, d] of [...pairs.values()]) if (b === c) pairs.set(`${a} ${d}`, [a, d])
  }
  return [...pairs].flatMap(([name, [from, to]]) => (from === to ? [] : name)).sort()
}

describe('the lines of a lineage graph', () => {
  test('imply exactly what the edges say', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const all = edges.flatMap(({ node, derivedFrom }) => derivedFrom.map((from) => ({ from, to: node })))
        assert.deepEqual(reachable(directLines(edges)), reachable(all))
      }),
    )
  })

  test('of a long conversation are two per turn, not one per earlier message', () => {
    const turns = 100
    const said: string[] = []
    const edges = Array.from({ length: turns }, (_, turn) => {
      said.push(`question ${turn}`)
      const made = edge(`response ${turn}`, [...said])
      said.push(`response ${turn}`)
      return made
    })
    assert.equal(directLines(edges).length, 2 * turns - 1)
    const nodes = said.map((id) => ({ id }) as Node)
    const { placed } = layOut(nodes, edges)
    assert.ok(placed.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)))
  })
})
