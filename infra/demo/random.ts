/** Repeatable choices: the same seed gives the same company. */
export type Random = {
  /** From 0 up to, not including, 1. */
  next(): number
  /** From `min` up to and including `max`. */
  whole(min: number, max: number): number
  pick<T>(from: readonly T[]): T
  chance(part: number): boolean
  /** Digits and letters. */
  word(length: number): string
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    whole,
    pick: (from) => from[whole(0, from.length - 1)]!,
    chance: (part) => next() < part,
    word: (length) => Array.from({ length }, () => letters[whole(0, letters.length - 1)]).join(''),
  }
}
