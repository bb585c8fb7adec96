export type RangeList = [from: number, to: number][]

/** A set of numbers that mostly follow each other, kept as ranges: cheap for a journal with few gaps, of any length. */
export class SequenceRanges {
  /** Ascending, apart from each other. */
  readonly #ranges: RangeList

  constructor(ranges: RangeList = []) {
    this.#ranges = ranges.map(([from, to]) => [from, to])
  }

  /** Returns whether the number was not in the set. */
  add(sequence: number): boolean {
    const last = this.#ranges.at(-1)
    if (last && sequence === last[1] + 1) {
      last[1] = sequence
      return true
    }
    if (!last || sequence > last[1]) {
      this.#ranges.push([sequence, sequence])
      return true
    }
    return this.#insert(sequence)
  }

  ranges(): RangeList {
    return this.#ranges.map(([from, to]) => [from, to])
  }

  #insert(sequence: number): boolean {
    const at = this.#firstEndingAfter(sequence - 2)
    const range = this.#ranges[at]!
    if (sequence >= range[0] && sequence <= range[1]) return false
    if (sequence === range[1] + 1) range[1] = sequence
    else if (sequence === range[0] - 1) range[0] = sequence
    else this.#ranges.splice(at, 0, [sequence, sequence])
    const next = this.#ranges[at + 1]
    if (next && this.#ranges[at]![1] + 1 === next[0]) {
      this.#ranges[at]![1] = next[1]
      this.#ranges.splice(at + 1, 1)
    }
    return true
  }

  /** Where the first range stands that ends behind a number. */
  #firstEndingAfter(sequence: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#ranges[middle]![1] > sequence) high = middle
      else low = middle + 1
    }
    return low
  }
}
