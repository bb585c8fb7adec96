import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { controlOf, until } from '../support/control.ts'
import { releasedData } from '../support/released-data.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const airs = join(import.meta.dirname, '../../libs/cli/bin/airs')
const policy =
  'name: elsewhere\nmode: enforce\ndirection: [request]\ndetectors: [{ detector: secrets }]\naction: block\n'

type Failure = { code: number; stderr: string }

describe('an export of one instance, imported into a fresh one,', () => {
  let directory: TemporaryDirectory
  let old: Stack
  let fresh: Stack
  let file: string
  let to: string
  let lineage: string

  before(async () => {
    directory = makeTemporaryDirectory()
    const env = { ...process.env, AIRS_PROVIDER: 'mock' }
    old = await startStack({ dataDir: join(directory.path, 'old'), env })
    await makeTraffic(old)
    lineage = await lineageOf(old)
    to = new Date().toISOString()
    file = join(directory.path, 'events.jsonl')
    await run(old, ['export', 'events', '--to', to, '--output', file])
    await old.stop()
    fresh = await startStack({ dataDir: join(directory.path, 'fresh'), env })
  })
  after(async () => {
    await old?.stop()
    await fresh?.stop()
    directory?.remove()
  })

  const run = (stack: Stack, args: string[]) =>
    promisify(execFile)(airs, args, {
      env: { ...process.env, AIRS_URL: stack.urls.console, AIRS_TOKEN: stack.token, NO_COLOR: '1' },
    })
  const fails = async (args: string[], code: number, message: RegExp) =>
    assert.rejects(run(fresh, args), (error: Failure) => {
      assert.match(error.stderr, message)
      assert.equal(error.code, code)
      return true
    })
  const write = (name: string, bytes: string | Buffer) => {
    const path = join(directory.path, name)
    writeFileSync(path, bytes)
    return path
  }

  async function makeTraffic(stack: Stack): Promise<void> {
    const control = controlOf(stack)
    await control.applyPolicy(policy)
    await control.json('POST', '/v1/keys', { name: 'of-elsewhere' })
    const image = `data:image/png;base64,${randomBytes(600_000).toString('base64')}`
    const bodies = [
      { messages: [{ role: 'user', content: 'Grüße \u0000 🌍' }] },
      { messages: [{ role: 'user', content: 'Grüße' }], stream: true },
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] }] },
    ]
    for (const body of bodies) {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': 'moved' },
        body: JSON.stringify({ model: 'm', ...body }),
      })
      await response.arrayBuffer()
      assert.equal(response.status, 200)
      await control.events(response.headers.get('x-airs-exchange-id')!, 2)
    }
  }

  /** The session with its exchanges and graph, once all six sides of its exchanges are there. */
  function lineageOf(stack: Stack): Promise<string> {
    return until('lineage', async () => {
      const text = await controlOf(stack)
        .call('GET', '/v1/sessions/moved?include=lineage')
        .catch(() => '{}')
      const { lineage } = JSON.parse(text) as { lineage?: { edges: unknown[] } }
      return lineage?.edges.length === 3 ? text : undefined
    })
  }

  test('is refused when it is damaged, before anything is sent', async () => {
    const bytes = readFileSync(file)
    const lines = bytes.toString('utf8').split('\n')
    await fails(
      ['import', 'events', write('cut.jsonl', bytes.subarray(0, -100))],
      1,
      /last line does not end/,
    )
    const cutZip = write('cut.gz', gzipSync(bytes).subarray(0, -100))
    await fails(['import', 'events', cutZip], 1, /is not whole/)
    const changed = write('changed.jsonl', lines.toSpliced(2, 1, '{"id":"x"}').join('\n'))
    await fails(['import', 'events', changed], 1, /Line 3 .*is no event/)
    await fails(['import', 'events', join(directory.path, 'none')], 2, /there is no such file/)
    // Only the manifest shows a cut between two lines.
    const shorter = write(
      'shorter.jsonl',
      lines
        .slice(0, -2)
        .map((line) => `${line}\n`)
        .join(''),
    )
    copyFileSync(`${file}.manifest.json`, `${shorter}.manifest.json`)
    await fails(['import', 'events', shorter], 1, /does not match its manifest[\s\S]*Number of rows/)
    const { stdout } = await run(fresh, ['export', 'events', '--to', to])
    assert.equal(stdout, '')
  })

  test('is stored whole, and exported again to the byte', async () => {
    const { stdout } = await run(fresh, ['import', 'events', file, '--json'])
    const { events, imported, known } = JSON.parse(stdout)
    assert.equal(known, 0)
    assert.equal(imported, events)
    const again = join(directory.path, 'again.jsonl')
    await run(fresh, ['export', 'events', '--to', to, '--output', again])
    assert.ok(readFileSync(again).equals(readFileSync(file)))
  })

  test('is not stored twice, however it is compressed', async () => {
    const bytes = readFileSync(file)
    for (const path of [
      file,
      write('events.jsonl.gz', gzipSync(bytes)),
      write('events.jsonl.zst', zstdCompressSync(bytes)),
    ]) {
      const { stdout } = await run(fresh, ['import', 'events', path])
      assert.match(stdout, /^0 events imported, [\d,]+ were here already/)
    }
  })

  test('is traced as it was', async () => {
    assert.deepEqual(JSON.parse(await lineageOf(fresh)), JSON.parse(lineage))
  })

  test('takes no effect', async () => {
    const control = controlOf(fresh)
    assert.deepEqual((await control.json<{ policies: unknown[] }>('GET', '/v1/policies')).policies, [])
    assert.deepEqual((await control.json<{ keys: unknown[] }>('GET', '/v1/keys')).keys, [])
    // Those that the tests before have made here, and not the one of the old instance.
    assert.equal((await control.json<{ exports: unknown[] }>('GET', '/v1/exports')).exports.length, 2)
  })

  test('says who imported it', async () => {
    const { stdout } = await run(fresh, ['events', 'search', '--type', 'import-begun', '--json'])
    const begun = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(begun.length, 1)
    assert.equal(begun[0].data.actor, 'local')
  })

  test('is refused where an event was changed since', async () => {
    const forged = readFileSync(file, 'utf8').replace('"name":"elsewhere"', '"name":"other"')
    await fails(['import', 'events', write('forged.jsonl', forged)], 1, /is here already, with other bytes/)
  })

  test('is stored whole and exported again to the byte where version 0.1.0 made it', async () => {
    const released = releasedData('0.1.0')
    const { stdout } = await run(fresh, [
      'import',
      'events',
      released.copyExport('events.jsonl', directory.path),
      '--json',
    ])
    const lines = released.text('events.jsonl').split('\n').slice(0, -1)
    assert.deepEqual(JSON.parse(stdout).imported, lines.length)
    const exported = new Set((await controlOf(fresh).exportEvents()).toString().split('\n'))
    assert.deepEqual(
      lines.filter((line) => !exported.has(line)),
      [],
    )
  })
})
