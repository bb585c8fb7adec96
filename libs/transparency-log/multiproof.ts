import { emptyRoot, type Hash, nodeHash } from './hash.ts'
import { type LeafRange, splitPoint } from './subtrees.ts'

/** A multiproof that does not fit the leaves that it is for. */
export class MultiproofError extends Error {
  override name = 'MultiproofError'
}

/**
 * The subtrees without any of the leaves `indexes`, from left to right: with those leaves, what the root follows from. For
 * leaves that stand beside each other these are O(log size) of them.
 * @param indexes ascending, each once.
 */
export function multiproofRanges(indexes: ArrayLike<number>, size: number): LeafRange[] {
  const ranges: LeafRange[] = []
  walk(indexes, size, {
    leaf: () => undefined,
    absent: (range) => void ranges.push(range),
    join: () => undefined,
  })
  return ranges
}

/**
 * The root that leaves and a multiproof lead to.
 * @param indexes ascending, each once; `leafAt(n)` is the hash of the n-th of them.
 * @throws MultiproofError where hashes are missing or left over.
 */
export function rootOfMultiproof(
  indexes: ArrayLike<number>,
  leafAt: (ordinal: number) => Hash,
  size: number,
  proof: readonly Hash[],
): Hash {
  let used = 0
  const root = walk<Hash>(indexes, size, {
    leaf: leafAt,
    absent() {
      const hash = proof[used++]
      if (!hash) throw new MultiproofError('The proof has too few hashes')
      return hash
    },
    join: nodeHash,
  })
  if (used !== proof.length) throw new MultiproofError('The proof has hashes that belong nowhere')
  return root ?? emptyRoot
}

type Visit<Result> = {
  leaf: (ordinal: number) => Result
  absent: (range: LeafRange) => Result
  join: (left: Result, right: Result) => Result
}

function walk<Result>(
  indexes: ArrayLike<number>,
  size: number,
  { leaf, absent, join }: Visit<Result>,
): Result | undefined {
  for (let at = 0; at < indexes.length; at++)
    if (!(indexes[at]! < size && (at === 0 ? indexes[at]! >= 0 : indexes[at]! > indexes[at - 1]!)))
      throw new MultiproofError(`Leaf ${indexes[at]} is out of order, or not in a tree of ${size}`)
  const visit = (from: number, to: number, first: number, end: number): Result => {
    if (first === end) return absent({ from, to })
    if (to - from === 1) return leaf(first)
    const middle = from + splitPoint(to - from)
    const split = firstNotBelow(indexes, middle, first, end)
    return join(visit(from, middle, first, split), visit(middle, to, split, end))
  }
  return size === 0 ? undefined : visit(0, size, 0, indexes.length)
}

function firstNotBelow(indexes: ArrayLike<number>, value: number, first: number, end: number): number {
  let [low, high] = [first, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if (indexes[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
