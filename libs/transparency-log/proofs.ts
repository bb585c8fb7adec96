import { emptyRoot, type Hash, nodeHash } from './hash.ts'
import { type LeafRange, splitPoint } from './subtrees.ts'

/** The subtrees whose roots are the inclusion proof of a leaf, from its sibling up (RFC 9162, 2.1.3.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`There is no leaf ${index} in a tree of ${size}`)
  const ranges: LeafRange[] = []
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitPoint(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return ranges.reverse()
}

/** The subtrees whose roots are the consistency proof between two sizes of a tree (RFC 9162, 2.1.4.1). */
export function consistencyRanges(oldSize: number, size: number): LeafRange[] {
  if (!(oldSize >= 0 && oldSize <= size))
    throw new RangeError(`A tree of ${oldSize} cannot grow to one of ${size}`)
  if (oldSize === 0 || oldSize === size) return []
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (oldSize < to) {
    const middle = from + splitPoint(to - from)
    if (oldSize <= middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  // What is left is a subtree of the old tree; its root is known where that is the whole old tree.
  if (from > 0) ranges.push({ from, to })
  return ranges.reverse()
}

/** The root of the tree of `size` leaves that an inclusion proof leads to; undefined where it has the wrong length. */
export function rootOfInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
): Hash | undefined {
  if (!(index >= 0 && index < size)) return undefined
  const ranges = inclusionRanges(index, size)
  if (ranges.length !== proof.length) return undefined
  return ranges.reduce(
    (root, { from }, at) => (from > index ? nodeHash(root, proof[at]!) : nodeHash(proof[at]!, root)),
    leaf,
  )
}

export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  return rootOfInclusion(leaf, index, size, proof)?.equals(root) ?? false
}

/** Whether a tree of `size` leaves begins with the tree of `oldSize` leaves (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Hash,
  size: number,
  root: Hash,
  proof: readonly Hash[],
): boolean {
  if (!(oldSize >= 0 && oldSize <= size)) return false
  if (oldSize === 0) return proof.length === 0 && oldRoot.equals(emptyRoot)
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root)
  const ranges = consistencyRanges(oldSize, size)
  if (ranges.length !== proof.length) return false
  const startsInside = ranges[0]!.to === oldSize
  let [before, after] = startsInside ? [proof[0]!, proof[0]!] : [oldRoot, oldRoot]
  for (let at = startsInside ? 1 : 0; at < proof.length; at++) {
    const sibling = proof[at]!
    if (ranges[at]!.from >= oldSize) after = nodeHash(after, sibling)
    else {
      before = nodeHash(sibling, before)
      after = nodeHash(sibling, after)
    }
  }
  return before.equals(oldRoot) && after.equals(root)
}
