import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { sha256Hex } from '@airs-cp/events'
import { commandLine } from '../../infra/local/command-line.ts'
import { fixtureProcesses } from '../../infra/local/fixtures/processes.ts'
import { type Stack, startStack } from '../../infra/local/stack.ts'
import type { StackOptions } from '../../infra/local/stack-options.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const directory = makeTemporaryDirectory()
after(directory.remove)
const dataDir = join(directory.path, 'data')

describe('a stack', () => {
  test('gives every service its own credentials and the user’s environment', async () => {
    const stack = await start({
      env: { AIRS_OPENAI_API_KEY: 'key', OPENAI_BASE_URL: 'http://localhost:8080' },
    })
    try {
      const ingress = await environmentOf(stack, 'ingress')
      const audit = await environmentOf(stack, 'audit')
      assert.equal(ingress.DATABASE_URL, undefined)
      assert.match(audit.DATABASE_URL!, /^postgres:\/\/airs_audit:[0-9a-f]{48}@127\.0\.0\.1:\d+\/airs$/)
      assert.match(ingress.NATS_URL!, /^nats:\/\/airs-ingress:/)
      assert.match(audit.NATS_URL!, /^nats:\/\/airs-audit:/)
      assert.equal(audit.AIRS_INGRESS_PORT, new URL(stack.urls.ingress!).port)
      assert.equal(ingress.AIRS_OPENAI_API_KEY, 'key')
      assert.equal(audit.AIRS_OPENAI_API_KEY, undefined)
      assert.equal(audit.AIRS_PROVIDER, 'openai')
      assert.equal(audit.AIRS_DATA_DIR, dataDir)
      const token = readFileSync(join(dataDir, 'token'), 'utf8').trim()
      assert.equal(audit.AIRS_TOKEN_SHA256, sha256Hex(token))
      for (const environment of [audit, ingress])
        assert.ok(!JSON.stringify(environment).includes(token), 'a service holds the token')
      assert.match(ingress.AIRS_FINGERPRINT_KEY!, /^[0-9a-f]{48}$/)
      assert.equal(audit.AIRS_FINGERPRINT_KEY, undefined)
      assert.equal(statSync(dataDir).mode & 0o077 & ~0o011, 0)
    } finally {
      await stack.stop()
    }
  })

  test('brings back whatever is killed, servers included', async () => {
    const stack = await start()
    try {
      const names = ['postgres', 'nats', 'ingress', 'audit']
      const before = names.map((name) => stack.process(name).pid)
      for (const name of names) stack.process(name).kill('SIGKILL')
      await Promise.all(before.map((pid) => gone(pid!)))
      await stack.ready()
      const since = names.map((name) => stack.process(name).pid)
      assert.ok(since.every((pid, index) => pid !== undefined && pid !== before[index]))
    } finally {
      await stack.stop()
    }
  })

  test('drains the ingress while everything else is still there, and leaves nothing behind', async () => {
    const stack = await start()
    const pids = ['postgres', 'nats', 'ingress', 'audit'].map((name) => stack.process(name).pid!)
    assert.deepEqual(await stack.stop(), [])
    assert.ok(timeOf('ingress', 'stopped') <= timeOf('audit', 'stopping: SIGTERM'))
    assert.deepEqual(pids.map(commandLine), [undefined, undefined, undefined, undefined])
  })

  test('lets a service wait for a request that does not end, and need not kill it', async () => {
    const stack = await start({ env: { AIRS_FIXTURE: 'holding' } })
    const { hostname, port } = new URL(stack.urls.audit!)
    const held = connect(Number(port), hostname)
    held.on('error', () => {})
    const part = `host: 127.0.0.1:${port}\r\n\r\n`
    held.write(`GET / HTTP/1.1\r\n${part}`)
    await once(held, 'data')
    held.write(`GET /held HTTP/1.1\r\n${part}`)
    assert.deepEqual(await stack.stop(), [])
    held.destroy()
  })

  test('refuses a second start beside it', async () => {
    const stack = await start()
    try {
      await assert.rejects(start(), {
        name: 'StartError',
        message: new RegExp(`already running.*pid ${process.pid}`),
      })
    } finally {
      await stack.stop()
    }
  })

  test('that cannot start says what the service said, and stops what it had started', async () => {
    await assert.rejects(start({ env: { AIRS_FIXTURE: 'crash' } }), {
      name: 'StartError',
      message: /does not start .*\n(.*\n)*.*the fixture crashes, as it should/,
    })
    await (await start()).stop()
  })

  test('can be stopped before everything is ready', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(new Error('enough')), 1_500)
    await assert.rejects(start({ env: { AIRS_FIXTURE: 'unready' }, signal: abort.signal }), /enough/)
    await (await start()).stop()
  })

  test('that was killed leaves nothing in the way of the next', async () => {
    const { supervisor, pids } = await startApart()
    await kill(supervisor)
    const stack = await start()
    try {
      assert.deepEqual(Object.values(pids).map(commandLine), [undefined, undefined, undefined, undefined])
    } finally {
      await stack.stop()
    }
  })

  test('that was killed takes its processes along even when no other follows', async () => {
    const { supervisor, pids } = await startApart()
    await kill(supervisor)
    await Promise.all(Object.values(pids).map(gone))
  })
})

function start(options: StackOptions = {}): Promise<Stack> {
  return startStack({
    dataDir,
    ports: 'free',
    env: {},
    processes: fixtureProcesses,
    setup: '/nonexistent',
    ...options,
  })
}

/** A stack whose supervisor is a process of its own. */
async function startApart(): Promise<{ supervisor: ChildProcess; pids: Record<string, number> }> {
  const entry = join(import.meta.dirname, '../../infra/local/fixtures/run-stack.ts')
  const supervisor = spawn(process.execPath, [entry, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    supervisor.stdout!.once('data', (data) => resolve(String(data)))
    supervisor.once('exit', (code) => reject(new Error(`The supervisor exited with ${code}`)))
  })
  return { supervisor, pids: JSON.parse(line) }
}

async function kill(supervisor: ChildProcess): Promise<void> {
  supervisor.kill('SIGKILL')
  await once(supervisor, 'exit')
}

async function environmentOf(stack: Stack, name: string): Promise<Record<string, string>> {
  const response = await fetch(`${stack.urls[name]}/env`)
  return (await response.json()) as Record<string, string>
}

/** When a fixture logged something, by its own clock. */
function timeOf(name: string, message: string): number {
  const lines = readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8')
    .trim()
    .split('\n')
  const entry = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === message)
  assert.ok(entry, `${name} did not log "${message}"`)
  return entry.time
}

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 60_000
  while (commandLine(pid) !== undefined) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} is still there: ${commandLine(pid)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
