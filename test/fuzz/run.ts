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
    inputs: { type: 'string', default: '1000' },
    target: { type: 'string' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`Sends generated and damaged input to everything that reads what comes from outside.

  npm run test:fuzz -- [--inputs N] [--target NAME] [--seed N]

  --inputs N     so many for each target (default 1000)
  --target NAME  only one of ${Object.keys(targets).join(', ')}
  --seed N       other inputs; the same ones each time for one number (default 1)`)
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
      numRuns: Number(values.inputs),
    })
    if (details.failed) {
      process.exitCode = 1
      console.log(`✖ ${id}: ${target.name}`)
      console.log(
        `    again with: npm run test:fuzz -- --target ${id} --seed ${seed} --inputs ${values.inputs}`,
      )
      console.log(fc.defaultReportMessage(details))
    } else console.log(`✔ ${id}: ${target.name} (${target.inputs()} inputs, seed ${seed})`)
  } finally {
    await target.close()
  }
}
