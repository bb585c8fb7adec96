/** Compared at once: more costs more at the end of what is common, less costs more calls. */
const blockBytes = 16 * 1024

/** How many bytes of `a` from `aFrom` and of `b` from `bFrom` are the same, of at most `most`. Compares natively. */
export function commonPrefix(a: Buffer, aFrom: number, b: Buffer, bFrom: number, most: number): number {
  return lengthInCommon(
    most,
    (from, to) => a.compare(b, bFrom + from, bFrom + to, aFrom + from, aFrom + to) === 0,
  )
}

/** How many bytes at the ends of `a` and `b` are the same, of at most `most`. */
export function commonSuffix(a: Buffer, b: Buffer, most: number): number {
  return lengthInCommon(
    most,
    (from, to) => a.compare(b, b.length - to, b.length - from, a.length - to, a.length - from) === 0,
  )
}

/** @param isSame whether the bytes from one distance to another are the same in both. */
function lengthInCommon(most: number, isSame: (from: number, to: number) => boolean): number {
  let same = 0
  while (same < most) {
    const to = Math.min(same + blockBytes, most)
    if (!isSame(same, to)) return same + lastSame(to - same, (length) => isSame(same, same + length))
    same = to
  }
  return same
}

/** The greatest length below `length` of which `isSame` holds, which holds of all shorter ones too. */
function lastSame(length: number, isSame: (length: number) => boolean): number {
  let [low, high] = [0, length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (isSame(middle)) low = middle
    else high = middle
  }
  return low
}
