/** What was published and is not known to be stored, in the order of publishing, while acknowledgements come in any. */
export class InFlight<Item> {
  #entries: { item: Item; done: boolean }[] = []
  #head = 0

  /** Resolves the place of an item: calls `passed` for each item before which nothing is outstanding any more. */
  add(item: Item, passed: (item: Item) => void): () => void {
    const entry = { item, done: false }
    this.#entries.push(entry)
    const entries = this.#entries
    return () => {
      entry.done = true
      if (entries === this.#entries) this.#pass(passed)
    }
  }

  /** The oldest that is outstanding. */
  get oldest(): Item | undefined {
    return this.#entries[this.#head]?.item
  }

  clear(): void {
    this.#entries = []
    this.#head = 0
  }

  #pass(passed: (item: Item) => void): void {
    const entries = this.#entries
    while (this.#head < entries.length && entries[this.#head]!.done) passed(entries[this.#head++]!.item)
    if (this.#head === entries.length) {
      entries.length = 0
      this.#head = 0
    } else if (this.#head >= 4096) {
      entries.splice(0, this.#head)
      this.#head = 0
    }
  }
}
