/**
 * The name that was probably meant: the one that takes the fewest changes of a letter, at most a third of them. Undefined where
 * none is near. Case and the marks between words do not count.
 */
export function closestName(written: string, names: Iterable<string>): string | undefined {
  const wanted = folded(written)
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = editDistance(wanted, folded(name))
    if (distance <= Math.max(wanted.length, name.length) / 3 && distance < (best?.distance ?? Infinity))
      best = { name, distance }
  }
  return best?.name
}

/** Such as ` (did you mean "action"?)`, or nothing. */
export function didYouMean(written: string, names: Iterable<string>): string {
  const name = closestName(written, names)
  return name === undefined ? '' : ` (did you mean "${name}"?)`
}

/** Longer names are cut: what is that long is no slip of a finger. */
const longest = 64

function folded(name: string): string {
  return name
    .slice(0, longest)
    .toLowerCase()
    .replace(/[-_. ]/g, '')
}

/** Damerau-Levenshtein: a letter left out, put in, changed, or swapped with its neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
