import { type Hash, nodeHash } from './hash.ts'
import { foldNodes, type PerfectNode, perfectNodes } from './subtrees.ts'

/** The right edge of a tree: what its root, and that of every larger tree, follows from. O(log size) hashes. */
export class Frontier {
  #size: number
  /** Of the perfect subtrees of the whole tree, from left to right. */
  readonly #hashes: Hash[]

  /** @param hashes of the `frontierNodes(size)`. */
  constructor(size = 0, hashes: readonly Hash[] = []) {
    if (hashes.length !== frontierNodes(size).length)
      throw new RangeError(`A tree of ${size} leaves has another number of subtrees than ${hashes.length}`)
    this.#size = size
    this.#hashes = [...hashes]
  }

  get size(): number {
    return this.#size
  }

  root(): Hash {
    return foldNodes(this.#hashes)
  }

  /** Appends a leaf. Calls `onNode` with each perfect subtree that it completes, from level 1 up. */
  append(leaf: Hash, onNode: (node: PerfectNode, hash: Hash) => void = () => {}): void {
    let hash = leaf
    let index = this.#size
    for (let level = 1; index % 2 === 1; level++) {
      hash = nodeHash(this.#hashes.pop()!, hash)
      index = (index - 1) / 2
      onNode({ level, index }, hash)
    }
    this.#hashes.push(hash)
    this.#size++
  }

  clone(): Frontier {
    return new Frontier(this.#size, this.#hashes)
  }
}

export function frontierNodes(size: number): PerfectNode[] {
  return perfectNodes({ from: 0, to: size })
}
