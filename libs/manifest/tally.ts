import type { JournalCoverage, Place } from './manifest.ts'
import { type RangeList, SequenceRanges } from './sequence-ranges.ts'

/** What is counted of a row. `label` is what it is counted under. */
export type TalliedRow = Place & {
  label: string
  journal?: string | null | undefined
  sequence?: number | null | undefined
}

/** Survives a restart as JSON. */
export type TallyState = {
  rows: number
  counts: Record<string, number>
  first: Place | null
  last: Place | null
  journals: Record<string, RangeList>
}

/** Counts the rows of an export in their order. */
export class Tally {
  #rows: number
  #first: Place | null
  #last: Place | null
  readonly #counts: Map<string, number>
  readonly #journals: Map<string, SequenceRanges>

  constructor(state: TallyState = { rows: 0, counts: {}, first: null, last: null, journals: {} }) {
    this.#rows = state.rows
    this.#first = state.first
    this.#last = state.last
    this.#counts = new Map(Object.entries(state.counts))
    this.#journals = new Map(
      Object.entries(state.journals).map(([journal, ranges]) => [journal, new SequenceRanges(ranges)]),
    )
  }

  get rows(): number {
    return this.#rows
  }

  /** Returns false where the row's place in its journal was taken already. */
  add({ id, time, label, journal, sequence }: TalliedRow): boolean {
    const place = { time, id }
    this.#rows++
    this.#first ??= place
    this.#last = place
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1)
    if (!journal || !sequence) return true
    const ranges = this.#journals.get(journal) ?? new SequenceRanges()
    this.#journals.set(journal, ranges)
    return ranges.add(sequence)
  }

  get last(): Place | null {
    return this.#last
  }

  state(): TallyState {
    const journals = [...this.#journals].map(([journal, ranges]) => [journal, ranges.ranges()] as const)
    return {
      rows: this.#rows,
      counts: Object.fromEntries([...this.#counts].sort(byName)),
      first: this.#first,
      last: this.#last,
      journals: Object.fromEntries(journals.sort(byName)),
    }
  }

  journals(): JournalCoverage[] {
    return Object.entries(this.state().journals).map(([journal, ranges]) => ({
      journal,
      first: ranges[0]![0],
      last: ranges.at(-1)![1],
      events: ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0),
      gaps: ranges.slice(1).map(([from], index) => ({ from: ranges[index]![1] + 1, to: from - 1 })),
    }))
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
