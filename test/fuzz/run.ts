import { parseArgs } from 'node:util'
import fc from 'fast-check'
import type { Target } from './target.ts'
import { condition } from './targets/condition.ts'
import { http } from './targets/http.ts'
import { journal } from './targets/journal.ts'
import { edits, outline } from './targets/json.ts'
import { mcp } from './targets/mcp.ts'
import { sse } from './targets/sse.ts'

const targets: Record<string, Target> = { sse, outline, edits, journal, condition, mcp, http }

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`Sends generated and damaged input to everything that reads what comes from outside.

  npm run test:fuzz -- [--seconds N] [--target NAME] [--seed N]

  --seconds N    for so long each (default 6)
  --target NAME  only one of ${Object.keys(targets).join(', ')}
  --seed N       the same inputs as an earlier run, as far as time allows`)
  process.exit(0)
}
if (values.target !== undefined && !Object.hasOwn(targets, values.target)) {
  console.error(`There is no target ${values.target}; there are ${Object.keys(targets).join(', ')}`)
  process.exit(2)
}

const seed = Number(values.seed)
for (const [id, target] of Object.entries(targets)) {
  if (values.target !== undefined && values.target !== id) continue
  try {
    const details = await fc.check(target.property, {
      seed,
      numRuns: 2 ** 31 - 1,
      interruptAfterTimeLimit: Number(values.seconds) * 1_000,
      markInterruptAsFailure: false,
    })
    if (details.failed) {
      process.exitCode = 1
      console.log(`✖ ${id}: ${target.name}`)
      console.log(`    again with: npm run test:fuzz -- --target ${id} --seed ${seed}`)
      console.log(fc.defaultReportMessage(details))
    } else console.log(`✔ ${id}: ${target.name} (${target.inputs()} inputs, seed ${seed})`)
  } finally {
    await target.close()
  }
}
