import { parseArgs } from 'node:util'
import { type AccidentResult, runAccident } from './accident.ts'
import { accidents } from './accidents.ts'
import { whyNoNetwork } from './network.ts'
import { table } from './table.ts'
import { createWorld, gentle } from './world.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Rounds of all accidents until so many minutes are over; one round without it. */
    minutes: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
  },
})
const log = (line: string) => console.log(line)
const why = whyNoNetwork()
if (why !== undefined) {
  log(`- several of each: skipped, ${why}`)
  process.exit(0)
}
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed)
const longMs = values.minutes === undefined ? 0 : Number(values.minutes) * 60_000
/** A round takes some five minutes, most of them waits; more only where the machine is slow, or something hangs. */
const limitMs = longMs + 25 * 60_000
const selected = accidents.filter(
  ({ name }) => values.only.length === 0 || values.only.some((only) => name.includes(only)),
)
log(`Several of each under load, with seed ${seed}`)
const beganAtMs = Date.now()
const world = await createWorld({ seed, verbose: values.verbose, log })
setTimeout(() => {
  log(`✖ not done after ${limitMs / 60_000} minutes`)
  void world.close().finally(() => process.exit(1))
}, limitMs).unref()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void world.close().finally(() => process.exit(130)))
log(`all is up after ${((Date.now() - beganAtMs) / 1_000).toFixed(0)} s`)

const results: AccidentResult[] = []
const problems: string[] = []
try {
  world.load.run(gentle)
  do {
    for (const accident of selected) {
      const result = await runAccident(world, accident)
      results.push(result)
      log(
        `${result.problems.length === 0 ? '✔' : '✖'} ${result.name} (${result.tookS.toFixed(1)} s): ${result.said}`,
      )
      for (const problem of result.problems) log(`    ${problem}`)
      problems.push(...result.problems.map((problem) => `${result.name}: ${problem}`))
    }
  } while (Date.now() - beganAtMs < longMs)
  const verdict = await world.settled()
  log(
    `\n${verdict.problems.length === 0 ? '✔' : '✖'} ${verdict.exchanges} exchanges, ${verdict.finished} seen finished by their client: ${verdict.lost} lost, ${verdict.duplicated} doubled, ${verdict.abandoned} abandoned, ${verdict.open} open, ${verdict.gaps} gaps, ${verdict.unaccounted} unaccounted`,
  )
  for (const problem of verdict.problems.slice(0, 12)) log(`    ${problem}`)
  problems.push(...verdict.problems)
} finally {
  await world.close()
}
log(`\n${table(results)}\n`)
log(problems.length === 0 ? 'all is well' : `${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)
