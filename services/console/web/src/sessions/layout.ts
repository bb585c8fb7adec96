import { directLines } from './direct-lines.ts'
import type { Edge, Node } from './queries.ts'

export const box = { width: 188, height: 40 }
/** Where pieces that came in stand, and those that the model made. */
export const columns = { given: 40, made: 40 + box.width + 84 }

const gap = 8
const bandGap = 18
const farthestLane = 72

export type Placed = { node: Node; x: number; y: number }
export type Band = { exchange: string; number: number; y: number; height: number }
export type Line = {
  from: string
  to: string
  relation: Edge['relation']
  path: string
  /** It leads to a piece that had occurred before, and was made again. */
  isAgain: boolean
}

/**
 * Places the pieces of a session below each other, a band for each exchange in which a piece occurred first: what came in on the
 * left, what the model made of it on the right. So the graph is as wide as two pieces, however long the session is.
 */
export function layOut(exchanges: readonly string[], nodes: readonly Node[], edges: readonly Edge[]) {
  const byExchange = Map.groupBy(nodes, ({ exchange }) => exchange)
  const numbers = new Map(exchanges.map((exchange, index) => [exchange, index + 1]))
  const bands: Band[] = []
  const placed: Placed[] = []
  let y = gap
  for (const exchange of new Set([...exchanges, ...byExchange.keys()])) {
    const pieces = byExchange.get(exchange)
    if (!pieces) continue
    const sides = Map.groupBy(pieces, ({ direction }) => direction)
    const side = (direction: Node['direction'], x: number) => {
      const stack = (sides.get(direction) ?? []).toSorted((a, b) => a.position - b.position)
      for (const [index, node] of stack.entries()) placed.push({ node, x, y: y + index * (box.height + gap) })
      return stack.length
    }
    const rows = Math.max(side('request', columns.given), side('response', columns.made))
    const height = rows * (box.height + gap) - gap
    bands.push({ exchange, number: numbers.get(exchange) ?? 0, y, height })
    y += height + bandGap
  }
  const places = new Map(placed.map((one) => [one.node.id, one]))
  const lines: Line[] = directLines(nodes, edges).flatMap(({ from, to, relation }) => {
    const [start, end] = [places.get(from), places.get(to)]
    return start && end
      ? [
          {
            from,
            to,
            relation,
            path: pathOf(start, end),
            isAgain: end.y < start.y && end.node.exchange !== start.node.exchange,
          },
        ]
      : []
  })
  return { placed, bands, lines, width: columns.made + box.width + farthestLane + gap, height: y }
}

/** Between the columns as a curve from edge to edge; within one column as an arc beside it, the wider the longer it is. */
function pathOf(from: Placed, to: Placed): string {
  const [y1, y2] = [from.y + box.height / 2, to.y + box.height / 2]
  if (from.x === to.x) {
    const x = from.x + box.width
    const isMade = from.x === columns.made
    const bulge = Math.min(isMade ? farthestLane : 30, 14 + Math.abs(y2 - y1) / 12)
    return `M${x} ${y1}C${x + bulge} ${y1} ${x + bulge} ${y2} ${x} ${y2}`
  }
  const isForward = from.x < to.x
  const [x1, x2] = isForward ? [from.x + box.width, to.x] : [from.x, to.x + box.width]
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}
