import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { directLines } from './direct-lines.ts'
import { box, layOut } from './layout.ts'
import type { Edge, Node } from './queries.ts'

/** Each edge is of an exchange of its own. Contents that repeat are one node, so there may be circles. */
const anyEdges = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
    ),
    { maxLength: 20 },
  )
  .map((pairs) => pairs.map(([node, from], index) => edge(String(node), from.map(String), String(index))))
const nodes = Array.from({ length: 10 }, (_, id) => ({ id: String(id) }) as Node)

function edge(node: string, derivedFrom: string[], exchange: string): Edge {
  return { node, exchange, relation: 'request', derivedFrom }
}

describe('the lines of a lineage graph', () => {
  test('are edges, at least one to each piece that was made and one from each that it was made of', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const lines = directLines(nodes, edges)
        const pairs = edges.flatMap(({ node, derivedFrom }) =>
          derivedFrom.flatMap((from) => (from === node ? [] : [`${from} ${node}`])),
        )
        for (const { from, to } of lines) assert.ok(pairs.includes(`${from} ${to}`))
        const ends = (of: string[], end: 0 | 1) => [...new Set(of.map((pair) => pair.split(' ')[end]))].sort()
        const drawn = lines.map(({ from, to }) => `${from} ${to}`)
        assert.deepEqual(ends(drawn, 0), ends(pairs, 0))
        assert.deepEqual(ends(drawn, 1), ends(pairs, 1))
      }),
    )
  })

  test('of a long conversation are as many as its pieces, also where its client writes the history anew', () => {
    const turns = 100
    for (const rewritten of ['', ' as the client keeps it']) {
      const said: string[] = []
      const made: string[] = []
      const edges = Array.from({ length: turns }, (_, turn) => {
        said.push(`question ${turn}`)
        const one = edge(`response ${turn}`, [...said], String(turn))
        made.push(`response ${turn}`)
        said.push(`response ${turn}${rewritten}`)
        return one
      })
      const ids = [...new Set([...said, ...made])]
      assert.equal(
        directLines(
          ids.map((id) => ({ id }) as Node),
          edges,
        ).length,
        2 * turns - 1,
      )
    }
  })
})

describe('the layout of a lineage graph', () => {
  test('is as wide as two pieces, and no piece covers another', () => {
    const anySession = fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        exchange: fc.constantFrom('a', 'b', 'c', 'unknown'),
        direction: fc.constantFrom('request' as const, 'response' as const),
        position: fc.integer({ min: 0, max: 5 }),
      }),
      { selector: ({ id }) => id, maxLength: 40 },
    )
    fc.assert(
      fc.property(anySession, (pieces) => {
        const { placed, width, height } = layOut(['a', 'b', 'c'], pieces as Node[], [])
        assert.equal(placed.length, pieces.length)
        for (const { x, y } of placed) assert.ok(x + box.width <= width && y + box.height <= height)
        const columns = Map.groupBy(placed, ({ x }) => x)
        assert.ok(columns.size <= 2)
        for (const column of columns.values()) {
          const ys = column.map(({ y }) => y).sort((a, b) => a - b)
          assert.ok(ys.every((y, index) => index === 0 || y - ys[index - 1]! >= box.height))
        }
      }),
    )
  })
})
