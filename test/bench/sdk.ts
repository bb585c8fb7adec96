import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { preparePython } from '../sdk/python-environment.ts'
import { prepareTypeScript } from '../sdk/typescript-environment.ts'

type Overhead = {
  plainMicros: number
  /** What the plain client adds for sending the same headers. */
  headersMicros: number
  addedMicros: number
  addedContextMicros: number
}

// Short turns: what else the machine does then falls on all alike.
const callsPerTurn = '10'
const turns = '500'
const budgetMicros = 100
const directory = join(import.meta.dirname, 'sdk')

const rows: [name: string, overhead: Overhead][] = []
const python = preparePython()
if ('missing' in python) console.log(`The Python SDK was SKIPPED: ${python.missing}`)
else
  for (const { python: app, openai } of python.apps)
    rows.push([`Python, openai ${openai}`, measure(app, 'overhead.py', directory)])
for (const { directory: app, node, openai } of (await prepareTypeScript()).apps) {
  cpSync(join(directory, 'overhead.mjs'), join(app, 'overhead.mjs'))
  rows.push([`TypeScript, openai ${openai}`, measure(node, 'overhead.mjs', app)])
}

console.log(
  `CPU per call in µs, medians of ${turns} turns of ${callsPerTurn} calls; budget: ${budgetMicros} added`,
)
for (const [name, { plainMicros, headersMicros, addedMicros, addedContextMicros }] of rows)
  console.log(
    `${name.padEnd(27)} plain client ${plainMicros.toFixed(0).padStart(5)}   AIRSClient +${addedMicros.toFixed(1)}   with session, tags, agent, sources +${addedContextMicros.toFixed(1)} (of which the wrapped client takes ${headersMicros.toFixed(1)} for four headers more)`,
  )
if (rows.some(([, { addedContextMicros }]) => addedContextMicros > budgetMicros)) {
  console.log('Over the budget.')
  process.exitCode = 1
}

function measure(file: string, script: string, cwd: string): Overhead {
  return JSON.parse(execFileSync(file, [script, callsPerTurn, turns], { cwd, encoding: 'utf8' })) as Overhead
}
