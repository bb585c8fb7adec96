import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { makeBaseImages, makeDebianRoot } from './base-images.ts'
import { containers, type Deployment, openDeployment } from './deployment.ts'
import { type Engine, lastLine, removeEngine, startEngine, whyNoEngine } from './engine.ts'
import { startTraffic, type Traffic } from './traffic.ts'

const upLimitMs = 400_000
const patienceMs = 400_000

const directory = makeTemporaryDirectory()
const engine = await tryEngine()
if (typeof engine === 'string') {
  console.log(`test:compose is SKIPPED: no Docker engine can run here: ${engine}`)
  directory.remove()
} else runTests(engine.engine, engine.root)

/** An engine and a root for its images; or why there can be none, which says nothing about AIRS-CP. */
async function tryEngine(): Promise<{ engine: Engine; root: string } | string> {
  const reason = await whyNoEngine(directory.path)
  if (reason) return reason
  try {
    const root = await makeDebianRoot()
    const engine = await startEngine(directory.path)
    const missing = await whyNoContainer(engine, root)
    if (!missing) return { engine, root }
    await engine.stop()
    return missing
  } catch (error) {
    return lastLine((error as Error).message)
  }
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await work()
  console.log(`test:compose: ${what} ${Math.round((performance.now() - began) / 1_000)} s`)
}

/** A container with limits on a network of its own: what docker-compose.yml asks of the kernel. */
async function whyNoContainer({ docker }: Engine, root: string): Promise<string | undefined> {
  const steps = [
    ['import', root, 'airs-stand-in'],
    ['network', 'create', 'trial'],
    [
      'run',
      '--rm',
      '--init',
      '--network',
      'trial',
      '--memory',
      '64m',
      '--read-only',
      '--tmpfs',
      '/tmp',
      '--cap-drop',
      'ALL',
      'airs-stand-in',
      'true',
    ],
    ['network', 'rm', 'trial'],
  ]
  for (const step of steps) {
    const { code, stderr } = await docker(...step)
    if (code !== 0) return `docker ${step[0]}: ${lastLine(stderr)}`
  }
  return undefined
}

function runTests(engine: Engine, root: string): void {
  describe('docker-compose.yml under a Docker engine', { timeout: 2_400_000 }, () => {
    let deployment: Deployment
    let traffic: Traffic
    before(
      async () => {
        await timed('base images', () => makeBaseImages(engine, root))
        deployment = await openDeployment(engine)
        await timed('docker build', () => deployment.build())
        await timed('docker-compose up', () => deployment.up(upLimitMs))
        traffic = startTraffic(deployment.ingressUrl)
      },
      { timeout: 1_200_000 },
    )
    after(
      async () => {
        try {
          await traffic?.stop()
          await deployment?.remove()
        } finally {
          await engine.stop()
          removeEngine(directory.path)
        }
      },
      { timeout: 300_000 },
    )

    test('starts everything, healthy, as an ordinary user on a read-only root without capabilities', async () => {
      for (const name of containers) {
        const { Config, HostConfig, State } = await deployment.inspect(name)
        assert.equal(State.Status, 'running', name)
        if (name !== 'export-worker') assert.equal(State.Health?.Status, 'healthy', name)
        assert.deepEqual(HostConfig.CapDrop, ['ALL'], name)
        assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'], name)
        assert.equal(HostConfig.Privileged, false, name)
        if (name === 'postgres') continue
        assert.equal(HostConfig.ReadonlyRootfs, true, name)
        const written = await deployment.execute(name, 'touch', '/written')
        assert.notEqual(written.code, 0, `${name} can write to its root`)
        if (name === 'nats') continue
        assert.equal(Config.User, '1000:1000', name)
        const status = await deployment.execute(name, 'cat', '/proc/1/status')
        assert.match(status.stdout, /^Uid:\t1000\t1000\t1000\t1000$/m, name)
        assert.match(status.stdout, /^Cap(Inh|Prm|Eff|Bnd|Amb):\t0{16}$/m, name)
        assert.match(status.stdout, /^NoNewPrivs:\t1$/m, name)
      }
    })

    test('bounds the memory of each container, and none comes near it', async () => {
      for (const name of containers) {
        const { HostConfig } = await deployment.inspect(name)
        assert.ok(HostConfig.Memory > 0, `${name} has no memory limit`)
      }
      for (const { name, percent } of await deployment.memory())
        assert.ok(percent < 80, `${name} uses ${percent} % of its memory`)
    })

    test('has no default secret, and shows none in what an engine says of a container', async () => {
      const token = await deployment.token()
      assert.match(token, /^[\w-]{32,}$/)
      for (const name of containers) {
        const text = JSON.stringify(await deployment.inspect(name))
        assert.ok(!text.includes(token), `${name} shows the token`)
        assert.doesNotMatch(text, /(PASSWORD|SECRET|TOKEN)=[^/"]/, `${name} sets a secret in its environment`)
      }
      const status = async (authorization?: string) => {
        const url = `${deployment.consoleUrl}/v1/policies`
        return (await fetch(url, authorization ? { headers: { authorization } } : {})).status
      }
      assert.equal(await status(), 401)
      for (const guess of ['airs', 'admin', 'token', 'changeme', 'postgres'])
        assert.equal(await status(`Bearer ${guess}`), 401)
      assert.equal(await status(`Bearer ${token}`), 200)
    })

    test('lets nobody reach what it does not need', async () => {
      const reaches = async (name: string, host: string, port: number) => {
        const script = `require('node:net').connect(${port}, '${host}').on('connect', () => process.exit(0)).on('error', () => process.exit(1)).setTimeout(2000, () => process.exit(1))`
        return (await deployment.execute(name, 'node', '-e', script)).code === 0
      }
      assert.equal(await reaches('ingress', 'nats', 4222), true)
      assert.equal(await reaches('ingress', 'postgres', 5432), false)
      assert.equal(await reaches('console', 'postgres', 5432), false)
      assert.equal(await reaches('console', 'nats', 4222), false)
      assert.equal(await reaches('audit', 'postgres', 5432), true)
    })

    test('serves the published client, and exports by one command in the gateway', async () => {
      await traffic.completed(20)
      const { code, stdout, stderr } = await deployment.execute(
        'ingress',
        'airs',
        'export',
        '--format',
        'jsonl',
      )
      assert.equal(code, 0, stderr)
      assert.ok(stdout.split('\n').length > 20)
    })

    for (const victims of [
      ['nats', 'policy', 'export-worker'],
      ['postgres', 'audit', 'console'],
      ['ingress', 'lineage', 'export'],
    ])
      test(`comes back when ${victims.join(', ')} are killed under traffic`, async () => {
        await Promise.all(victims.map((name) => deployment.kill(name)))
        await deployment.healthy(patienceMs)
        await traffic.completed(20)
      })

    test('has everything after down and up', async () => {
      await traffic.pause()
      await deployment.down()
      await deployment.up(upLimitMs)
      traffic.resume()
      await traffic.completed(20)
    })

    test('leaves with everything that a client has seen, each exchange once', async () => {
      await traffic.stop()
      const leaving = await deployment.execute(
        'ingress',
        ...['airs', 'offboard', '--output', '/tmp/leaving', '--wait', '120', '--quiet', '1'],
      )
      assert.equal(leaving.code, 0, leaving.stdout + leaving.stderr)
      const { stdout } = await deployment.execute('ingress', 'cat', '/tmp/leaving/events.jsonl')
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; type: string; exchange?: string })
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length, 'an event is there twice')
      const outcomes = Map.groupBy(
        events.filter(({ type }) => type === 'airs.response-completed.v1'),
        ({ exchange }) => exchange,
      )
      const lost = traffic.acknowledged.filter((exchange) => outcomes.get(exchange)?.length !== 1)
      assert.deepEqual(lost, [], `of ${traffic.acknowledged.length} exchanges`)
      console.log(
        `test:compose: ${traffic.acknowledged.length} exchanges acknowledged, ${traffic.failed} failed while something was dead, 0 lost, 0 doubled`,
      )
    })
  })
}
