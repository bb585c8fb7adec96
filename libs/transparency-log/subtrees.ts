import { emptyRoot, type Hash, nodeHash } from './hash.ts'

/** Leaves `from` to `to`, `to` not included, that make up one subtree of a Merkle tree (RFC 9162, 2.1.1). */
export type LeafRange = { from: number; to: number }

/** The root of the 2^`level` leaves from `index` × 2^`level` on. It never changes once they are there. */
export type PerfectNode = { level: number; index: number }

/** Size of the left one of the two subtrees of a tree: the largest power of two below `size`, which is 2 at least. */
export function splitPoint(size: number): number {
  let left = 1
  while (left * 2 < size) left *= 2
  return left
}

/** The perfect subtrees that a range consists of, from left to right. */
export function perfectNodes({ from, to }: LeafRange): PerfectNode[] {
  const nodes: PerfectNode[] = []
  for (let at = from; at < to; ) {
    let level = 0
    let width = 1
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      level++
      width *= 2
    }
    nodes.push({ level, index: at / width })
    at += width
  }
  return nodes
}

/** The root of a range from the hashes of its `perfectNodes`. */
export function foldNodes(hashes: readonly Hash[]): Hash {
  return hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** The root of 2^n hashes that stand beside each other. */
export function foldPerfect(hashes: readonly Hash[]): Hash {
  let level = [...hashes]
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, index) =>
      nodeHash(level[2 * index]!, level[2 * index + 1]!),
    )
  return level[0]!
}

/** Reads the hashes of perfect subtrees, in the order in which they are asked for. */
export type ReadNodes = (nodes: PerfectNode[]) => Promise<Hash[]>

/** The roots of ranges, in their order. Reads once. */
export async function rangeHashes(ranges: readonly LeafRange[], read: ReadNodes): Promise<Hash[]> {
  const nodes = ranges.map(perfectNodes)
  const hashes = await read(nodes.flat())
  let at = 0
  return nodes.map(({ length }) => {
    const from = at
    at += length
    return foldNodes(hashes.slice(from, at))
  })
}
