/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)]!
}

/**
 * Replaces `{a|b|}` by one of its alternatives (they may be nested) and `<name>` by an expansion of one of the
 * templates of that name.
 */
export function expand(
  template: string,
  lists: Readonly<Record<string, readonly string[]>>,
  random: () => number,
): string {
  let text = template
  for (let depth = 0; depth < 12; depth++) {
    const next = text
      .replace(/\{([^{}]*)\}/g, (_, choices: string) => pick(choices.split('|'), random))
      .replace(/<([a-zA-Z]+)>/g, (whole, name: string) => (lists[name] ? pick(lists[name], random) : whole))
    if (next === text) break
    text = next
  }
  return text.replace(/ +/g, ' ').trim()
}
