import assert from 'node:assert/strict'
import { createReadStream, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { verifyExport } from '@airs-cp/manifest'
import { until } from '../support/control.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { type ExportCase, makeExport } from './make-export.ts'
import { sdks } from './sdks.ts'
import { type Runner, type Said, startRunner } from './start-runner.ts'
import { world } from './world.ts'

type Case = {
  name: string
  /** An export to be verified, instead of a call. */
  verify?: ExportCase
  expect: {
    recorded?: Record<string, unknown>
    provider?: { path?: string; headers?: Record<string, string | null> }
  } & Record<string, unknown>
}

const directory = join(import.meta.dirname, 'cases')
const themes = globSync('*.json', { cwd: directory }).sort()

test('there are cases to run', () => assert.ok(themes.length >= 5))

for (const { name, modes, start, missing } of sdks)
  describe(name, { skip: missing }, () => {
    let runner: Runner
    before(async () => {
      runner = await startRunner(start!.file, start!.args, {
        cwd: start!.cwd ?? world.directory,
        env: world.appEnvironment,
      })
    })
    after(() => runner?.stop())

    test('is used as it is installed', () => {
      assert.match(runner.about.package, /\/(site-packages|node_modules)\//)
    })
    for (const theme of themes) {
      const cases = JSON.parse(readFileSync(join(directory, theme), 'utf8')) as Case[]
      for (const mode of modes)
        describe(`${theme.replace('.json', '')} (${mode})`, () => {
          for (const one of cases)
            test(one.name, async () => {
              if (one.verify) return verify(runner, mode, one, one.verify)
              const said = await runner.ask({ mode, case: one })
              await compare(one, said)
            })
        })
    }
  })

const exportsMade = makeTemporaryDirectory()
after(() => exportsMade.remove())
let exportsCount = 0

/** Besides what is expected: each problem that an SDK reports, the command `airs verify` reports in the same words. */
async function verify(runner: Runner, mode: string, one: Case, made: ExportCase): Promise<void> {
  exportsCount += 1
  const file = join(exportsMade.path, `${exportsCount}.jsonl`)
  const manifest = makeExport(file, made)
  const said = await runner.ask({ mode, case: { ...one, verify: file } })
  const { error, verified, problems } = one.expect as {
    error?: object
    verified?: { checked?: string }
    problems?: string[]
  }
  if (!error && said.error) throw new Error(JSON.stringify(said.error))
  if (verified?.checked === 'as the runtime can') verified.checked = runner.about.zstd ? 'rows' : 'file'
  assertLike(said.verified, verified ?? null, 'verified')
  assertLike(said.error, error ?? null, 'error')
  for (const pattern of problems ?? [])
    assert.ok(
      said.error.problems.some((problem: string) => new RegExp(pattern).test(problem)),
      `no problem matches ${pattern}: ${JSON.stringify(said.error)}`,
    )
  if (problems) return
  const verdict = await verifyExport(manifest, createReadStream(file))
  assert.deepEqual((said.error?.problems ?? []).toSorted(), verdict.problems.toSorted())
  if (!said.error)
    assert.deepEqual([said.verified.sha256, said.verified.bytes], [verdict.sha256, verdict.bytes])
}

async function compare({ expect }: Case, said: Said): Promise<void> {
  const { recorded, provider, ...reported } = expect
  if (!expect.error && said.error) throw new Error(JSON.stringify(said.error))
  for (const [field, wanted] of Object.entries(reported)) assertLike(said[field], wanted, field)
  if (provider) {
    const { path, headers } = world.provider.last()
    if (provider.path) assert.equal(path, provider.path)
    for (const [name, value] of Object.entries(provider.headers ?? {}))
      assert.equal(headers[name] ?? null, value, name)
  }
  if (recorded)
    assertLike(await recordOf(said.airs?.exchange_id ?? said.error.exchange_id), recorded, 'recorded')
}

/** What is wanted is there; `true` stands for anything that is not nothing, and an object may have more. */
function assertLike(actual: unknown, wanted: unknown, path: string): void {
  if (wanted === true) assert.ok(actual, `${path} is ${JSON.stringify(actual)}`)
  else if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(actual), `${path} is ${JSON.stringify(actual)}`)
    if (path.endsWith('.is')) {
      for (const one of wanted)
        assert.ok(actual.includes(one), `${path} ${JSON.stringify(actual)} has no ${one}`)
      return
    }
    assert.equal(actual.length, wanted.length, `${path} is ${JSON.stringify(actual)}`)
    for (const [index, one] of wanted.entries()) assertLike(actual[index], one, `${path}.${index}`)
  } else if (typeof wanted === 'object' && wanted !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, `${path} is ${JSON.stringify(actual)}`)
    for (const [name, one] of Object.entries(wanted))
      assertLike((actual as Record<string, unknown>)[name], one, `${path}.${name}`)
  } else assert.equal(actual ?? null, wanted, `${path} of ${JSON.stringify(actual)}`)
}

const outcomes = /^airs\.(request-(blocked|rejected)|response-|exchange-)/

/** Of the exchange's events what the contract speaks of. */
async function recordOf(exchange: string) {
  const [first, outcome] = await until(`the outcome of ${exchange}`, async () => {
    const found = await world.control.events(exchange, 1)
    const last = found.find(({ type }) => outcomes.test(type))
    return last && ([found[0]!, last] as const)
  })
  const { tags, agent, sources, provider } = first.data
  return { session: first.session, tags, agent, sources, provider, outcome: outcome.type }
}
