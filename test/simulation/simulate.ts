import './platform/install.ts'
import { mutate } from './mutate.ts'
import { readOptions } from './options.ts'

const options = readOptions(process.argv.slice(2))
if (options.mutant !== undefined) mutate(options.mutant)
const { openSimulation } = await import('./open-simulation.ts')

const deadlineMs = performance.now() + options.minutes * 60_000
const totals = { seeds: 0, steps: 0, virtualMs: 0, acknowledged: 0, refused: 0, starts: 0 }
const faults = new Map<string, number>()
const failed: string[] = []
const onTrace = options.isTraced ? (line: string) => void process.stderr.write(`${line}\n`) : undefined

await using simulation = await openSimulation(options.database)
for (const seed of options.seeds) {
  if (performance.now() > deadlineMs) break
  const outcome = await simulation.run(seed, { onTrace })
  totals.seeds++
  totals.steps += outcome.steps
  totals.virtualMs += outcome.virtualMs
  totals.acknowledged += outcome.acknowledged
  totals.refused += outcome.refused
  totals.starts += outcome.starts
  for (const [fault, times] of outcome.faults) faults.set(fault, (faults.get(fault) ?? 0) + times)
  if (options.printsTrace) console.log(`seed ${seed}: trace ${outcome.traceHash.toString(16)}`)
  if (outcome.problems.length === 0) continue
  failed.push(seed)
  const replay = `npm run test:simulation -- --seed ${seed}${options.mutant ? ` --mutant '${options.mutant}'` : ''}`
  console.log(`✖ seed ${seed}; replay it with: ${replay} (--trace prints every step)`)
  for (const problem of outcome.problems.slice(0, 8)) console.log(`    ${problem}`)
  if (outcome.problems.length > 8) console.log(`    and ${outcome.problems.length - 8} more`)
  if (options.mutant !== undefined) break
}
if (options.mutant === undefined) {
  console.log('Faults injected:')
  for (const [fault, times] of [...faults].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${String(times).padStart(6)}  ${fault}`)
}
const injected = [...faults.values()].reduce((sum, times) => sum + times, 0)
const verdict =
  failed.length > 0
    ? `FAILED with seeds ${failed.join(', ')}`
    : 'each acknowledged event is stored once, in its place, and proved by the log'
console.log(
  `${totals.seeds} seeds, ${totals.steps} steps, ${injected} faults, ${(totals.virtualMs / 3_600_000).toFixed(1)} h of virtual time, ` +
    `${totals.starts} starts, ${totals.acknowledged} events acknowledged, ${totals.refused} refused: ${verdict}`,
)
process.exitCode = failed.length > 0 ? 1 : 0
