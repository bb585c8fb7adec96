/** Numbers that a seed determines, so that a run can be repeated as far as other processes allow it. */
export type Random = {
  /** From 0 up to and not including 1. */
  fraction: () => number
  /** A whole number, both ends included. */
  between: (least: number, most: number) => number
  shuffled: <Item>(items: readonly Item[]) => Item[]
}

/** Mulberry32: 32 bits of state, enough for choosing moments and sizes. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1))
  return {
    fraction,
    between,
    shuffled(items) {
      const mixed = [...items]
      for (let last = mixed.length - 1; last > 0; last--) {
        const other = between(0, last)
        ;[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!]
      }
      return mixed
    },
  }
}
