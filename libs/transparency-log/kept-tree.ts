import { Frontier } from './frontier.ts'
import { type Hash, leafHash } from './hash.ts'
import { inclusionRanges } from './proofs.ts'
import { foldNodes, type PerfectNode, perfectNodes } from './subtrees.ts'

/** A tree in memory with all its nodes, of a list that is known from its beginning to its end. */
export class KeptTree {
  readonly #frontier = new Frontier()
  readonly #levels: Hash[][] = [[]]

  get size(): number {
    return this.#frontier.size
  }

  append(entry: Uint8Array): void {
    const leaf = leafHash(entry)
    this.#levels[0]!.push(leaf)
    this.#frontier.append(leaf, ({ level, index }, hash) => {
      this.#levels[level] ??= []
      this.#levels[level][index] = hash
    })
  }

  root(): Hash {
    return this.#frontier.root()
  }

  /** The inclusion proof of an entry. @throws RangeError where there is none. */
  proof(index: number): Hash[] {
    const nodeOf = ({ level, index: at }: PerfectNode) => this.#levels[level]![at]!
    return inclusionRanges(index, this.size).map((range) => foldNodes(perfectNodes(range).map(nodeOf)))
  }
}
