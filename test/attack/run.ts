import { parseArgs } from 'node:util'
import { account } from './account.ts'
import { attacks } from './attacks/index.ts'
import { checkRegularExpressions } from './regular-expressions.ts'
import { type Result, runAttack } from './run-attack.ts'
import { slownessOfMachine } from './slowness.ts'
import { table } from './table.ts'
import { createWorld } from './world.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '40' },
    'block-ms': { type: 'string', default: '50' },
    verbose: { type: 'boolean', default: false },
  },
})
const selected = attacks.filter(
  ({ name }) => values.only.length === 0 || values.only.some((only) => name.includes(only)),
)
if (selected.length === 0) {
  console.error(
    `No attack is named ${values.only.join(', ')}; there are ${attacks.map(({ name }) => name).join('; ')}`,
  )
  process.exit(1)
}
const longestBlockMs = Number(values['block-ms']) * slownessOfMachine()
console.log(
  `${selected.length} attacks on a fresh stack, which may compute ${longestBlockMs.toFixed(0)} ms at once (--only NAME, --block-ms 50, --verbose)`,
)
const expressions = values.only.length === 0 ? await checkRegularExpressions() : []
report(expressions, 'regular expressions that read outside text take time in proportion to its length')
const world = await createWorld(values)
const end = (code: number) => world.close().finally(() => process.exit(code))
setTimeout(() => {
  console.log(`✖ not done after ${values.minutes} minutes, see --minutes`)
  void end(1)
}, Number(values.minutes) * 60_000).unref()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130))

const results: Result[] = []
for (const attack of selected) {
  const result = await runAttack(world, attack, longestBlockMs)
  results.push(result)
  report(result.problems, `${attack.name} (${attack.attacker})`)
}
const { events, lost, doubled, unexplained, problems } = await account(world)
report(problems, 'the record after all of them')
console.log(`\n${table(results)}`)
console.log(`\n${events} events; lost ${lost}, doubled ${doubled}, unexplained ${unexplained}`)
const failed =
  results.filter((result) => result.problems.length > 0).length +
  [expressions, problems].filter((found) => found.length > 0).length
console.log(`${results.length + 2 - failed} passed, ${failed} failed`)
await end(failed === 0 ? 0 : 1)

function report(found: readonly string[], name: string): void {
  console.log(`${found.length === 0 ? '✔' : '✖'} ${name}`)
  for (const problem of found.slice(0, 8)) console.log(`    ${problem}`)
  if (found.length > 8) console.log(`    and ${found.length - 8} more`)
}
