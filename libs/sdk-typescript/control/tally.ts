import type { JournalCoverage, Manifest, Place } from './manifest.js'

/** What is counted of a row. `label` is what it is counted under. */
export type Row = Place & { label: string; journal?: unknown; sequence?: unknown }

/** @throws when the line is not a row of that kind. */
export function readRow(kind: Manifest['kind'], line: string): Row {
  const raw = JSON.parse(line) as Record<string, unknown> & { decision?: { action?: unknown } }
  const [id, time, label] = {
    events: [raw.id, raw.time, raw.type],
    sessions: [raw.session, raw.startedAt, 'session'],
    decisions: [raw.event, raw.time, raw.decision?.action],
  }[kind]
  if (typeof id !== 'string' || typeof label !== 'string') throw new TypeError('it does not say what it is')
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) throw new TypeError('it has no time')
  return kind === 'events'
    ? { id, time, label, journal: raw.journal, sequence: raw.sequence }
    : { id, time, label }
}

/** Counts the rows of an export, in their order. */
export function createTally() {
  const counts = new Map<string, number>()
  /** Runs of sequences, both ends included, as they came. */
  const journals = new Map<string, [from: number, to: number][]>()
  let first: Row | undefined
  let last: Row | undefined
  return {
    add(row: Row) {
      first ??= row
      last = row
      counts.set(row.label, (counts.get(row.label) ?? 0) + 1)
      const { journal, sequence } = row
      if (typeof journal !== 'string' || typeof sequence !== 'number') return
      const runs = journals.get(journal) ?? []
      journals.set(journal, runs)
      const run = runs.at(-1)
      if (run && sequence === run[1] + 1) run[1] = sequence
      else runs.push([sequence, sequence])
    },
    first: () => first,
    last: () => last,
    counts: () => Object.fromEntries([...counts].sort(byName)),
    /** What there is of each journal, as a manifest lists it, and what is there twice. */
    journals() {
      const twice: string[] = []
      const coverage = [...journals].sort(byName).map(([journal, runs]) => {
        const found = coverageOf(journal, runs)
        for (const sequence of found.twice)
          twice.push(`More than one row has place ${sequence} of journal ${journal}`)
        return found.coverage
      })
      return { coverage, twice }
    },
  }
}

function coverageOf(journal: string, runs: [from: number, to: number][]) {
  const sorted = runs.toSorted(([a], [b]) => a - b)
  const coverage: JournalCoverage = { journal, first: sorted[0]![0], last: 0, events: 0, gaps: [] }
  const twice: number[] = []
  for (const [from, to] of sorted) {
    if (from <= coverage.last) twice.push(from)
    else if (coverage.events > 0 && from > coverage.last + 1)
      coverage.gaps.push({ from: coverage.last + 1, to: from - 1 })
    coverage.events += Math.max(0, to - Math.max(from, coverage.last + 1) + 1)
    coverage.last = Math.max(coverage.last, to)
  }
  return { coverage, twice }
}

export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
