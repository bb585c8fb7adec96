import { spawn } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../support/start-postgres.ts'
import { knownSeeds } from './known-seeds.ts'
import { mutants } from './mutants.ts'
import { prepareDatabase } from './open-simulation.ts'

/** Mutants that run at the same time. */
const lanes = 2
const mostSeeds = 60

const all = process.argv.slice(2)
const triesMutants = all.includes('--mutants')
const given = all.filter((argument) => argument !== '--mutants')
const isReplay = given.some((argument) => argument === '--seed' || argument === '--mutant')
let hasFailed = false

await using server = await startPostgres()
const template = await createDatabase('simulation')
await prepareDatabase(template)

if (isReplay) {
  hasFailed = (await simulate(given, template)).code !== 0
} else {
  report(await findProblems(), 'the same seed is the same run')
  for (const { seed, found } of knownSeeds) {
    const { code, output } = await simulate(['--seed', seed], template, false)
    report(code === 0 ? undefined : output, `seed ${seed}: ${found}`)
  }
  if (triesMutants) await Promise.all(Array.from({ length: lanes }, (_, lane) => tryMutants(lane)))
  hasFailed = (await simulate(given, template)).code !== 0 || hasFailed
}
process.exitCode = hasFailed ? 1 : 0

function report(problem: string | undefined, name: string): void {
  console.log(`${problem === undefined ? '✔' : '✖'} ${name}`)
  if (problem === undefined) return
  hasFailed = true
  console.log(problem)
}

/** Two runs of one seed, one of them after another seed, have the same steps. */
async function findProblems(): Promise<string | undefined> {
  const both = await simulate(['--from', '1', '--seeds', '2', '--hash'], template, false)
  const alone = await simulate(['--seed', '2'], template, false)
  const hashOf = (output: string) => /^seed 2: trace (\w+)$/m.exec(output)?.[1]
  const [one, other] = [hashOf(both.output), hashOf(alone.output)]
  return one !== undefined && one === other ? undefined : `    ${one} after another seed, ${other} alone`
}

/** Each change that breaks a promise is noticed, by the seed that is known to do so or by another. */
async function tryMutants(lane: number): Promise<void> {
  const database = await createDatabase(`mutants_${lane}`, 'simulation')
  for (const { name, seed } of mutants.filter((_, at) => at % lanes === lane)) {
    const first = ['--mutant', name, ...(seed === undefined ? [] : ['--seed', seed])]
    let { code, output } = await simulate(
      [...first, '--minutes', '2', '--seeds', String(mostSeeds)],
      database,
      false,
    )
    if (code === 0 && seed !== undefined)
      ({ code, output } = await simulate(
        ['--mutant', name, '--minutes', '2', '--seeds', String(mostSeeds)],
        database,
        false,
      ))
    const by = /✖ seed (\S+);/.exec(output)?.[1]
    report(
      by === undefined ? `    it was not noticed (exit code ${code})\n${output}` : undefined,
      `noticed by seed ${by}: ${name}`,
    )
  }
}

function simulate(
  settings: string[],
  database: string,
  isShown = true,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'simulate.ts'), ...settings, '--database', database],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (isShown) process.stdout.write(text)
    })
    child.on('close', (code) => resolve({ code, output }))
  })
}

async function createDatabase(name: string, like?: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create database ${name}${like ? ` template ${like}` : ''}`)
  await client.end()
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}
