import { checkWholeExport } from './check-whole-export.ts'
import type { Fault } from './fault.ts'
import { faults } from './faults/index.ts'
import { readOptions } from './options.ts'
import { type Result, runFault } from './run-fault.ts'
import { table } from './table.ts'
import { createWorld, type World } from './world.ts'

const options = readOptions(process.argv.slice(2))
const selected = faults.filter(
  ({ name }) => options.only.length === 0 || options.only.some((only) => name.includes(only)),
)
if (selected.length === 0) {
  console.error(
    `No fault is named ${options.only.join(', ')}; there are ${faults.map(({ name }) => name).join(', ')}`,
  )
  process.exit(1)
}

const log = (line: string) => console.log(line)
log(
  `Faults under load, with seed ${options.seed}; NATS is cut off for ${options.cutS} s` +
    (options.long ? ', long form' : ' (--cut 60 for a minute; --long for that and many rounds)'),
)
const world = await createWorld(options, log)
setTimeout(() => {
  log(`✖ not done after ${options.minutes} minutes, see --minutes`)
  void world.close().finally(() => process.exit(1))
}, options.minutes * 60_000).unref()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void world.close().finally(() => process.exit(130)))

const results: Result[] = []
try {
  for (const fault of selected) await tryFault(world, fault)
  results.push(await checkWholeExport(world))
} finally {
  await world.close()
}
log(`\n${table(results)}\n`)
const failed = results.filter(({ problems }) => problems.length > 0)
log(`${results.length - failed.length} passed, ${failed.length} failed`)
process.exit(failed.length === 0 ? 0 : 1)

async function tryFault(world: World, fault: Fault): Promise<void> {
  const why = fault.skip?.()
  if (why !== undefined) {
    log(`- ${fault.name}: skipped, ${why}`)
    return
  }
  const result = await runFault(world, fault)
  results.push(result)
  const { problems, tookS } = result
  log(`${problems.length === 0 ? '✔' : '✖'} ${fault.name} (${tookS.toFixed(1)} s)`)
  for (const problem of problems.slice(0, 12)) log(`    ${problem}`)
  if (problems.length > 12) log(`    and ${problems.length - 12} more`)
}
