import dagre from '@dagrejs/dagre'
import { directLines } from './direct-lines.ts'
import type { Edge, Node } from './queries.ts'

export const box = { width: 176, height: 40 }

export type Placed = { node: Node; x: number; y: number }
export type Line = {
  from: string
  to: string
  relation: Edge['relation']
  points: { x: number; y: number }[]
}

/** Places the pieces of a session from left to right in the order in which they were made of each other. */
export function layOut(nodes: readonly Node[], edges: readonly Edge[]) {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 64, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  const known = new Map(nodes.map((node) => [node.id, node]))
  for (const { id } of nodes) graph.setNode(id, { ...box })
  const wanted = directLines(edges).filter(({ from, to }) => known.has(from) && known.has(to))
  for (const { from, to, relation } of wanted) graph.setEdge(from, to, {}, relation)
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const placed: Placed[] = nodes.map((node) => {
    const { x, y } = graph.node(node.id) as { x: number; y: number }
    return { node, x: x - box.width / 2, y: y - box.height / 2 }
  })
  const lines: Line[] = wanted.map((edge) => ({
    ...edge,
    points: (graph.edge(edge.from, edge.to, edge.relation) as { points: { x: number; y: number }[] }).points,
  }))
  return { placed, lines, width, height }
}
