import type { Edge } from './queries.ts'

export type DirectLine = { from: string; to: string; relation: Edge['relation'] }

/**
 * The lines to draw for edges in the order in which they were recorded. A response comes from the whole conversation before it,
 * so the edges of a session grow with the square of its length; a line that others imply is left out, and every piece stays
 * reachable from the same pieces.
 */
export function directLines(edges: readonly Edge[]): DirectLine[] {
  const ancestors = new Map<string, Set<string>>()
  const lines = new Map<string, DirectLine>()
  for (const { node, derivedFrom, relation } of edges) {
    const sources = derivedFrom.filter((from) => from !== node)
    const depth = (id: string) => ancestors.get(id)?.size ?? 0
    const kept: string[] = []
    for (const from of sources.toSorted((a, b) => depth(b) - depth(a)))
      if (!kept.some((other) => ancestors.get(other)?.has(from))) kept.push(from)
    for (const from of kept) lines.set(JSON.stringify([from, node, relation]), { from, to: node, relation })
    const own = ancestors.get(node) ?? new Set()
    for (const from of sources) {
      own.add(from)
      for (const further of ancestors.get(from) ?? []) own.add(further)
    }
    ancestors.set(node, own)
  }
  return [...lines.values()]
}
