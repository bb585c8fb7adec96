/**
 * Where the code units of a view stand in the text that it is a view of. Most stand one beside the other; only those that
 * do not are kept, with the range that they stand for.
 */
export type Offsets = {
  /** The unit at `index` stands for the characters from `from` to `to`. Units are added in their order. */
  add(index: number, from: number, to: number): void
  /** First character that the unit at `index` stands for. */
  startOf(index: number): number
  /** After the last character that the unit at `index` stands for. */
  endOf(index: number): number
  /** Forgets units before `index`. */
  forget(index: number): void
}

export function createOffsets(): Offsets {
  let places = none
  let froms = none
  let tos = none
  let size = 0

  /** The last kept unit at or before `index`; -1 for none. */
  const find = (index: number): number => {
    let low = 0
    let high = size
    while (low < high) {
      const middle = (low + high) >> 1
      if (places[middle]! <= index) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  return {
    add(index, from, to) {
      if (size === places.length) {
        places = doubled(places)
        froms = doubled(froms)
        tos = doubled(tos)
      }
      places[size] = index
      froms[size] = from
      tos[size++] = to
    },
    startOf(index) {
      const found = find(index)
      if (found < 0) return index
      return places[found] === index ? froms[found]! : tos[found]! + index - places[found]! - 1
    },
    endOf(index) {
      const found = find(index)
      if (found < 0) return index + 1
      return tos[found]! + index - places[found]!
    },
    forget(index) {
      const first = find(index)
      if (first <= 0) return
      places.copyWithin(0, first, size)
      froms.copyWithin(0, first, size)
      tos.copyWithin(0, first, size)
      size -= first
    },
  }
}

/** Most views keep no place at all. */
const none = new Int32Array(0)
const least = 16

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(least, 2 * numbers.length))
  larger.set(numbers)
  return larger
}
