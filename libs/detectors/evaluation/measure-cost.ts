import type { Detector } from '@airs-cp/detectors'

export type Cost = {
  characters: number
  /** Processor time of this thread, in microseconds. */
  microsPer2048: number
  /** What `JSON.parse` takes to read the same texts, in the same run: a unit that does not depend on the machine. */
  parseMicrosPer2048: number
  /** The row that costs most for its length, of those with so many characters or more. */
  worst?: { row: number; microsPer2048: number }
}

const leastCharacters = 256
const leastRuns = 3
/** Processor time is counted in steps of some milliseconds. */
const leastMicros = 500_000

/** What detecting costs, when the code is warm. */
export function measureCost(detector: Pick<Detector, 'detect'>, texts: readonly string[]): Cost {
  const characters = texts.reduce((sum, { length }) => sum + length, 0)
  const least = texts.map(() => Number.POSITIVE_INFINITY)
  const runAll = () => {
    for (const [row, text] of texts.entries()) {
      const start = performance.now()
      detector.detect(text)
      least[row] = Math.min(least[row]!, 1_000 * (performance.now() - start))
    }
  }
  const total = microsOf(runAll)
  const written = texts.map((text) => JSON.stringify(text))
  const parsing = microsOf(() => {
    for (const text of written) JSON.parse(text)
  })
  const worst = texts
    .map(({ length }, row) => ({ row, length, microsPer2048: (2_048 * least[row]!) / length }))
    .filter(({ length }) => length >= leastCharacters)
    .sort((a, b) => b.microsPer2048 - a.microsPer2048)[0]
  return {
    characters,
    microsPer2048: (2_048 * total) / Math.max(1, characters),
    parseMicrosPer2048: (2_048 * parsing) / Math.max(1, characters),
    ...(worst && { worst: { row: worst.row, microsPer2048: worst.microsPer2048 } }),
  }
}

/** Of a run, when the code is warm. */
function microsOf(run: () => void): number {
  run()
  const begun = cpuMicros()
  let runs = 0
  while (runs < leastRuns || cpuMicros() - begun < leastMicros) {
    run()
    runs++
  }
  return (cpuMicros() - begun) / runs
}

function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
