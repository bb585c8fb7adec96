import { type Hash, nodeHash } from './hash.ts'
import { foldNodes, type LeafRange, type PerfectNode, perfectNodes } from './subtrees.ts'

/** Leaves and subtrees that do not make up one tree. */
export class AssemblyError extends Error {
  override name = 'AssemblyError'
}

/**
 * Puts a tree together from leaves and perfect subtrees that come in any order. Two halves are joined as soon as both are
 * there, so it keeps little where leaves come nearly in their order.
 */
export class TreeAssembly {
  /** By level: subtrees whose other half is not there yet. */
  readonly #waiting: Map<number, Hash>[] = []

  /** @throws AssemblyError where it is there already. */
  add({ level, index }: PerfectNode, hash: Hash): void {
    for (;;) {
      const beside = this.#waiting[level] ?? new Map<number, Hash>()
      this.#waiting[level] = beside
      if (beside.has(index)) throw new AssemblyError(`Subtree ${index} of level ${level} is there twice`)
      const other = beside.get(index % 2 === 0 ? index + 1 : index - 1)
      if (!other) {
        beside.set(index, hash)
        return
      }
      beside.delete(index % 2 === 0 ? index + 1 : index - 1)
      hash = index % 2 === 0 ? nodeHash(hash, other) : nodeHash(other, hash)
      index = Math.floor(index / 2)
      level++
    }
  }

  /** The root of the tree of `size` leaves. @throws AssemblyError where leaves are missing, or there are more. */
  root(size: number): Hash {
    const nodes = perfectNodes({ from: 0, to: size })
    const hashes = nodes.flatMap(({ level, index }) => this.#waiting[level]?.get(index) ?? [])
    const waiting = this.#waiting.reduce((sum, { size }) => sum + size, 0)
    if (hashes.length < nodes.length) throw new AssemblyError(`Leaves of the tree of ${size} are missing`)
    if (waiting > nodes.length) throw new AssemblyError(`There is more than the tree of ${size} leaves`)
    return foldNodes(hashes)
  }
}

/**
 * The perfect subtrees without any leaf of `ranges`: with those leaves, what the root follows from. For one range these
 * are O(log size) of them.
 * @param ranges ascending and apart from each other.
 */
export function* nodesBeside(ranges: Iterable<LeafRange>, size: number): Generator<PerfectNode> {
  let end = 0
  for (const { from, to } of ranges) {
    yield* perfectNodes({ from: end, to: from })
    end = to
  }
  yield* perfectNodes({ from: end, to: size })
}
