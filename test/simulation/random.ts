/** A source of random numbers that a seed determines (sfc32). */
export type Random = {
  /** At least 0, below 1. */
  fraction(): number
  /** Both ends included. */
  integer(least: number, most: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** Mostly near `mean`, now and then far above it. */
  delay(mean: number): number
  fill(bytes: Uint8Array): void
  /** Another source, which does not disturb this one. */
  fork(name: string): Random
}

export function createRandom(seed: string): Random {
  let [a, b, c, d] = [hash(`${seed}:a`), hash(`${seed}:b`), hash(`${seed}:c`), 1]
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    c |= 0
    return t >>> 0
  }
  for (let round = 0; round < 12; round++) next()
  const fraction = () => next() / 0x1_0000_0000
  const integer = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1))
  return {
    fraction,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (items) => items[integer(0, items.length - 1)]!,
    delay: (mean) => -Math.log(1 - fraction()) * mean,
    fill(bytes) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = next() & 0xff
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  }
}

/** FNV-1a. */
export function hash(text: string, from = 0x811c9dc5): number {
  let value = from
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
