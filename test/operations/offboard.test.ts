import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openingTypes, outcomeTypes } from '@airs-cp/events'
import { createMockProvider } from '@airs-cp/providers'
import { until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const airs = join(import.meta.dirname, '../../libs/cli/bin/airs')

type Certificate = {
  complete: boolean
  drained: boolean
  reasons: string[]
  minutes: number
  files: { file: string; rows: number; sha256: string }[]
  checklist: { task: string; done: boolean }[]
}

describe('leaving', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  const provider = createServer(createMockProvider())
  let env: NodeJS.ProcessEnv
  before(async () => {
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    const direct = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      env: { AIRS_PROVIDER: 'openai', AIRS_OPENAI_BASE_URL: `${direct}/v1` },
    })
    const { AIRS_ENDPOINT: _, ...rest } = process.env
    env = { ...rest, AIRS_URL: stack.urls.console!, AIRS_TOKEN: stack.token, NO_COLOR: '1' }
  })
  after(async () => {
    await stack?.stop()
    provider.close()
    provider.closeAllConnections()
    directory?.remove()
  })

  const run = (args: string[]) => promisify(execFile)(airs, args, { env, cwd: directory.path })
  const certificateIn = (folder: string): Certificate =>
    JSON.parse(readFileSync(join(directory.path, folder, 'certificate.json'), 'utf8'))
  const errorOutput = (child: ChildProcess) => text(child.stderr!)

  /** Clients that call without a pause, wherever `base` points, until they have to stop. */
  function startClients(count: number) {
    let base = stack.urls.ingress!
    let isRunning = true
    const exchanges: string[] = []
    let direct = 0
    const client = async (number: number) => {
      for (let call = 0; isRunning; call++) {
        const response = await fetch(`${base}/v1/chat/completions`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: 'Bearer sk-drill',
            'x-session-id': `drill-${number}`,
          },
          body: JSON.stringify({
            model: 'm',
            stream: call % 2 === 1,
            messages: [{ role: 'user', content: `mock:chunks=5 pace=5 text="call ${call} of ${number}"` }],
          }),
        })
        const reply = await response.text()
        assert.equal(response.status, 200, reply)
        const exchange = response.headers.get('x-airs-exchange-id')
        if (exchange) exchanges.push(exchange)
        else direct++
      }
    }
    const clients = Array.from({ length: count }, (_, number) => client(number))
    return {
      exchanges,
      direct: () => direct,
      pointTo(url: string) {
        base = url
      },
      async stop() {
        isRunning = false
        await Promise.all(clients)
      },
    }
  }

  test('says what it would do, and writes nothing, in a dry run', async () => {
    const { stdout, stderr } = await run(['offboard', '--dry-run', '--output', 'dry'])
    assert.match(stdout, /Would export [\d,]+ events?, .*Nothing was written/)
    assert.match(stdout, /\[x\] Revert LLM endpoint configuration/)
    assert.match(stdout, /\[ \] Export audit logs/)
    assert.match(
      stderr,
      /- OPENAI_BASE_URL=http:\/\/localhost:\d+\/v1\n +\+ OPENAI_BASE_URL=https:\/\/api\.openai\.com\/v1/,
    )
    assert.equal(existsSync(join(directory.path, 'dry')), false)
  })

  test('certifies nothing while requests come in or exchanges are under way, and names them', async () => {
    const abort = new AbortController()
    const hanging = fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'slow' },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'mock:latency=60000' }],
      }),
      signal: abort.signal,
    }).catch(() => undefined)
    const clients = startClients(1)
    await until('traffic', async () => clients.exchanges.length > 0 || undefined)
    await assert.rejects(run(['offboard', '--wait', '1', '--output', 'early']), { code: 1 })
    const { complete, drained, reasons, checklist } = certificateIn('early')
    assert.equal(complete || drained, false)
    assert.ok(reasons.some((reason) => /Requests still come in/.test(reason)))
    assert.ok(reasons.some((reason) => /Exchange .* of session slow is under way/.test(reason)))
    assert.deepEqual(
      checklist.filter(({ done }) => done),
      [],
    )
    await clients.stop()
    abort.abort()
    await hanging
  })

  test('with live traffic loses nothing, fails no request, and takes minutes', async () => {
    const clients = startClients(4)
    await until('traffic', async () => clients.exchanges.length > 20 || undefined)
    const policy = join(directory.path, 'watch.yaml')
    writeFileSync(
      policy,
      'name: watch-mails\nmode: observe\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: block\n',
    )
    await run(['policy', 'apply', policy])
    const child = spawn(airs, ['offboard', '--wait', '90', '--quiet', '3', '--output', 'final'], {
      env,
      cwd: directory.path,
    })
    const said = errorOutput(child)
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const before = clients.exchanges.length
    await until('traffic while it drains', async () => clients.exchanges.length > before + 20 || undefined)
    clients.pointTo(`http://127.0.0.1:${(provider.address() as AddressInfo).port}`)
    assert.equal(await ended, 0, await said)
    await clients.stop()
    assert.ok(clients.direct() > 0, 'clients go on without AIRS-CP')

    const { complete, minutes, files, checklist, reasons } = certificateIn('final')
    assert.deepEqual(reasons, [])
    assert.equal(complete, true)
    assert.ok(minutes > 0)
    assert.deepEqual(
      checklist.map(({ done }) => done),
      [true, true, false, false, false],
    )
    const events = readFileSync(join(directory.path, 'final/events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; exchange?: string })
    const typesOf = Map.groupBy(events, ({ exchange }) => exchange)
    const isOne = (types: readonly string[]) => (type: string) => types.includes(type)
    for (const exchange of clients.exchanges) {
      const types = (typesOf.get(exchange) ?? []).map(({ type }) => type)
      assert.equal(types.filter(isOne(openingTypes)).length, 1, exchange)
      assert.equal(types.filter(isOne(outcomeTypes)).length, 1, exchange)
    }
    for (const { file } of files) await run(['verify', join('final', file)])
    assert.match((await run(['policy', 'diff', join('final', 'policies.yaml')])).stdout, /watch-mails/)
    assert.match((await run(['policy', 'apply', join('final', 'policies.yaml')])).stdout, /watch-mails/)
    const sessions = readFileSync(join(directory.path, 'final/sessions.jsonl'), 'utf8')
    for (const number of [0, 1, 2, 3]) assert.ok(sessions.includes(`"drill-${number}"`))
  })
})
