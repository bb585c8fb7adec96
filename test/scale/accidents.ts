import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { sql } from 'kysely'
import { askReadiness } from '../../infra/ask-readiness.ts'
import { within } from '../fault/world.ts'
import {
  type Accident,
  isReady,
  isStandby,
  isUnready,
  killMember,
  patienceMs,
  pause,
  seconds,
  secondsUntil,
} from './accident.ts'
import { ingresses, pairs } from './deployment.ts'
import type { World } from './world.ts'

const other = (name: string) => (name.endsWith('1') ? name.replace('1', '2') : name.replace('2', '1'))

async function streamLeader({ bus }: World, limitMs = 5_000): Promise<string> {
  const reply = await bus.request('$JS.API.STREAM.INFO.TRAFFIC', '', { timeout: limitMs })
  return reply.json<{ cluster: { leader: string } }>().cluster.leader
}

const killIngress: Accident = {
  name: 'kill -9 of an ingress',
  async strike(world) {
    await killMember(world, 'ingress-1')
    const back = await secondsUntil(world, 'ingress-1', isReady)
    return {
      said: `ready again after ${seconds(back)}`,
      problems: back === undefined ? ['not ready again'] : [],
    }
  },
}

/** What `/readyz` says of an ingress that knows its mode and its policies from before, as long as NATS does not answer. */
const outOfTouch = '"controls":"mode, policies'
const isInTouch = (status: number | undefined, body: string) => isReady(status) && !body.includes(outOfTouch)

/** Clients reach it, and it reaches no other of ours. It serves, records in its journal, and says what it does not know. */
const cutIngressInside: Accident = {
  name: 'an ingress without NATS',
  async strike(world) {
    const { network } = world.deployment
    const problems: string[] = []
    network.cut(['ingress-2'], 'inside')
    const noted = await secondsUntil(
      world,
      'ingress-2',
      (status, body) => isReady(status) && body.includes(outOfTouch),
      25_000,
    )
    for (let count = 0; count < 5; count++) {
      const { end } = await world.probe('ingress-2')
      if (end !== 'finished') problems.push(`an exchange there was ${end}`)
    }
    network.join(['ingress-2'], 'inside')
    if (noted === undefined) problems.push('its /readyz did not say that it is out of touch')
    return { said: `serves on; /readyz says after ${seconds(noted)} how old its policies are`, problems }
  },
}

const cutIngressEdge: Accident = {
  name: 'an ingress without clients',
  async strike({ deployment, balancer }) {
    deployment.network.cut(['ingress-3'], 'edge')
    const isGone = await within(10_000, () => !balancer.ready().includes('ingress-3'))
    await pause(1_000)
    deployment.network.join(['ingress-3'], 'edge')
    const isBack = await within(patienceMs, () => balancer.ready().includes('ingress-3'))
    const problems = [
      ...(isGone ? [] : ['the balancer did not notice']),
      ...(isBack ? [] : ['the balancer did not take it again']),
    ]
    return { said: 'the balancer leaves it out, and takes it again', problems }
  },
}

function killActive(pair: string): Accident {
  return {
    name: `kill -9 of the ${pair} that works`,
    async strike(world) {
      const active = await world.deployment.active(pair)
      const beganMs = performance.now()
      await killMember(world, active)
      const isTaken = await within(
        patienceMs,
        async () => (await world.deployment.active(pair)) !== undefined,
      )
      const tookS = (performance.now() - beganMs) / 1_000
      return {
        said: `${await world.deployment.active(pair)} works after ${seconds(tookS)}`,
        problems: isTaken ? [] : ['nobody took over'],
      }
    },
  }
}

/** The machines of all that work are gone; the standbys take over, and the former ones learn of it when they are back. */
const cutActives: Accident = {
  name: 'audit, policy and lineage that work cut off',
  async strike(world) {
    const { deployment } = world
    const actives = await Promise.all(pairs.map((pair) => deployment.active(pair)))
    deployment.network.cut(actives, 'inside')
    const [unready, taken] = await Promise.all([
      Promise.all(actives.map((name) => secondsUntil(world, name, isUnready))),
      Promise.all(actives.map((name) => secondsUntil(world, other(name), isReady))),
    ])
    deployment.network.join(actives, 'inside')
    const waiting = await Promise.all(actives.map((name) => secondsUntil(world, name, isStandby)))
    const problems = actives.flatMap((name, index) => [
      ...(unready[index] === undefined ? [`/readyz of ${name} did not say that it is cut off`] : []),
      ...(taken[index] === undefined ? [`${other(name)} did not take over`] : []),
      ...(waiting[index] === undefined ? [`${name} did not become the standby`] : []),
    ])
    const list = (values: (number | undefined)[]) => values.map(seconds).join(', ')
    return {
      said: `cut off: 503 after ${list(unready)}; others work after ${list(taken)}; back as standby after ${list(waiting)}`,
      problems,
    }
  },
}

const killWorker: Accident = {
  name: 'kill -9, then cutting off an export worker',
  async strike(world) {
    const request = () => world.call<{ id: string }>('export', 'POST', '/v1/exports', {})
    const completed = async (id: string) =>
      await within(patienceMs, async () => {
        const { state } = await world.call<{ state: string }>('export', 'GET', `/v1/exports/${id}`)
        return state === 'completed'
      })
    const problems: string[] = []
    const first = await request()
    await killMember(world, 'worker-1')
    if (!(await completed(first.id))) problems.push('the export was not completed after the kill')
    world.deployment.network.cut(['worker-2'], 'inside')
    const second = await request()
    if (!(await completed(second.id))) problems.push('the export was not completed beside the one cut off')
    world.deployment.network.join(['worker-2'], 'inside')
    return { said: 'the other one completes the exports', problems }
  },
}

/** Until another leads, nothing is taken: that is a matter of NATS. Ingresses serve meanwhile, and are ready. */
const killNats: Accident = {
  name: 'kill -9 of the NATS server that leads the traffic stream',
  async strike(world) {
    const { deployment } = world
    const leader = await streamLeader(world)
    const unready = new Set<string>()
    const beganMs = performance.now()
    const started = killMember(world, leader)
    const isElected = await within(patienceMs, async () => {
      for (const name of ingresses)
        if (!isReady((await deployment.ask(name, 10_000)).status)) unready.add(name)
      return (await streamLeader(world, 500)) !== undefined
    })
    const electedS = (performance.now() - beganMs) / 1_000
    await started
    return {
      said: `${leader} of three; the stream has a leader after ${seconds(electedS)}`,
      problems: [
        ...(isElected ? [] : ['nobody was elected']),
        ...[...unready].map((name) => `${name} was not ready meanwhile`),
      ],
    }
  },
}

/** NATS falls apart: the leader of the traffic stream with an ingress on one side, all others on the other. */
const minority: Accident = {
  name: 'split brain of NATS: the leader alone with an ingress',
  async strike(world) {
    const { deployment } = world
    const leader = await streamLeader(world)
    const island = [leader, 'ingress-1']
    deployment.network.cut(island, 'inside')
    await pause(8_000)
    const problems: string[] = []
    for (let count = 0; count < 5; count++) {
      const { end } = await world.probe('ingress-1')
      if (end !== 'finished') problems.push(`an exchange in the minority was ${end}`)
    }
    const elected = await within(patienceMs, async () => (await streamLeader(world)) !== leader)
    if (!elected) problems.push('the majority elected no leader')
    deployment.network.join(island, 'inside')
    return { said: `${leader} in the minority; another leads`, problems }
  },
}

const killPostgres: Accident = {
  name: 'kill -9 of the Postgres that writes',
  async strike(world) {
    await killMember(world, world.deployment.primary())
    const beganMs = performance.now()
    await world.deployment.active('audit')
    return { said: `audit is ready again after ${secondsSince(beganMs)}`, problems: [] }
  },
}

/** No connection is reset, nobody answers. */
const silentPostgres: Accident = {
  name: 'Postgres silent',
  async strike(world) {
    const { deployment } = world
    const names = [...(await Promise.all(pairs.map((pair) => deployment.active(pair)))), 'export']
    const primary = deployment.primary()
    deployment.network.cut([primary], 'inside')
    const unready = await Promise.all(names.map((name) => secondsUntil(world, name, isUnready, 20_000)))
    deployment.network.join([primary], 'inside')
    const problems = names.flatMap((name, index) =>
      unready[index] === undefined ? [`/readyz of ${name} did not say that Postgres is silent`] : [],
    )
    return { said: `503 after ${unready.map(seconds).join(', ')}`, problems }
  },
}

/** The standby lacks some seconds of the record when the machine of the primary is gone for good. */
const failOver: Accident = {
  name: 'Postgres lost, its standby promoted 5 s behind',
  async strike(world) {
    const { deployment } = world
    const [former, next] = [
      deployment.primary(),
      deployment.primary().endsWith('a') ? 'postgres-b' : 'postgres-a',
    ]
    deployment.network.cut([next], 'inside')
    await pause(5_000)
    const stored = await eventCount(world)
    deployment.network.cut([former], 'inside')
    deployment.process(former).kill('SIGKILL')
    await deployment.process(former).stop()
    deployment.network.join([next, former], 'inside')
    // Before it takes over: from then on audit stores again what the standby lacks.
    const lacked = stored - (await deployment.atStandby(countEvents))
    const beganMs = performance.now()
    const steps = await deployment.promote()
    // Who worked may have lost its place to the other one meanwhile.
    await Promise.all(pairs.map((pair) => deployment.active(pair)))
    const ready = secondsSince(beganMs)
    const problems = lacked > 0 ? [] : ['the standby lacked nothing: nothing was tried']
    const reseedMs = performance.now()
    await deployment.reseed()
    const parts = Object.entries(steps).map(([name, took]) => `${name} ${seconds(took)}`)
    return {
      said: `it lacked ${lacked} events; ${parts.join(', ')}; all ready after ${ready}; new standby after ${secondsSince(reseedMs)}`,
      problems,
    }
  },
}

function secondsSince(beganMs: number): string {
  return seconds((performance.now() - beganMs) / 1_000)
}

async function countEvents(database: World['database']): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from audit.events`.execute(
    database,
  )
  return rows[0]!.count
}

/** A connection to a Postgres that is gone may be found broken only when it is used. */
async function eventCount({ database }: World): Promise<number> {
  let count: number | undefined
  const isCounted = await within(patienceMs, async () => {
    count = await countEvents(database)
    return true
  })
  if (!isCounted) throw new Error('Postgres does not count its events')
  return count!
}

/** A second ingress on the folder of the first refuses traffic, and says why. The first goes on. */
const sharedFolder: Accident = {
  name: 'two ingresses with one data directory',
  async strike({ deployment }) {
    const { file, args, env, cwd } = deployment.process('ingress-1').command
    const second = spawn(file, args, { cwd, env: { ...env, AIRS_INGRESS_PORT: '8070' }, stdio: 'ignore' })
    const url = `http://${deployment.member('ingress-1').address.edge}:8070`
    const problems: string[] = []
    let said = ''
    const isRefused = await within(patienceMs, async () => {
      const { status, body } = await askReadiness(url, 2_000)
      said = body
      return status === 503 && body.includes('give each ingress its own')
    })
    if (!isRefused) problems.push(`the second says ${said}`)
    else if (!(await metrics(url, /^airs_journal_available\S* (\d)$/gm)).includes(0))
      problems.push('its metrics do not say that it takes nothing')
    if ((await deployment.ask('ingress-1')).status !== 200) problems.push('the first is not ready')
    second.kill('SIGKILL')
    return { said: 'the second is not ready, and says that it needs a folder of its own', problems }
  },
}

/** What an alert is about: the numbers that a service shows. */
async function metrics(url: string, pattern: RegExp): Promise<number[]> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return [...text.matchAll(pattern)].map(([, value]) => Number(value))
}

const hourMs = 3_600_000

/** One ingress is an hour ahead and one an hour behind; then all clocks are right again. */
const wrongClocks: Accident = {
  name: 'clocks an hour off',
  async strike(world) {
    const { deployment } = world
    const offsets = { 'ingress-2': hourMs, 'ingress-3': -hourMs }
    const restart = async (name: string, offsetMs: number) => {
      const { command } = deployment.process(name)
      await deployment.process(name).stop(20_000)
      const options = offsetMs === 0 ? '' : `--import ${join(import.meta.dirname, 'shift-clock.mjs')}`
      Object.assign(command, {
        env: { ...command.env, NODE_OPTIONS: options, TEST_CLOCK_OFFSET_MS: String(offsetMs) },
      })
      await deployment.process(name).start()
      return secondsUntil(world, name, isReady)
    }
    const problems: string[] = []
    const restartAll = async (offsetOf: (offsetMs: number) => number) => {
      const times = Object.entries(offsets).map(([name, offsetMs]) => restart(name, offsetOf(offsetMs)))
      if ((await Promise.all(times)).includes(undefined)) problems.push('an ingress is not ready')
    }
    await restartAll((offsetMs) => offsetMs)
    await pause(3_000)
    for (const name of Object.keys(offsets)) {
      const sent = await world.probe(name)
      if (sent.end !== 'finished') problems.push(`an exchange at ${name} was ${sent.end}`)
    }
    const audit = deployment.urlOf(await deployment.active('audit'))
    for (const [name, offsetMs] of Object.entries(offsets)) {
      const shown = new RegExp(`^airs_audit_clock_offset{\\S*source="[^"]*/${name}/[^"]*"\\S* (\\S+)$`, 'gm')
      const isShown = await within(20_000, async () => {
        const shownS = await metrics(audit, shown)
        return shownS.some((offsetS) => Math.abs(offsetS - offsetMs / 1_000) < 60)
      })
      if (!isShown) problems.push(`the metrics of audit do not show the clock of ${name}`)
    }
    await restartAll(() => 0)
    return { said: 'both serve and record; the metrics of audit show how far off each is', problems }
  },
}

/** Each on a connection of its own: one that is kept may be closed just then. */
const ask = async (world: World, ingress: string, headers: Record<string, string>) => {
  const response = await fetch(`${world.deployment.urlOf(ingress)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'mock:text=Done.' }] }),
  }).catch(({ cause }: Error) => {
    throw new Error(`${ingress} does not respond: ${cause}`)
  })
  await response.arrayBuffer()
  return response.status
}

/**
 * Asks at these ingresses in turn, as a balancer spreads a client.
 * @param pauseMs between two requests.
 * @returns how many were let through.
 */
async function letThrough(
  world: World,
  count: number,
  headers: Record<string, string>,
  { at = ingresses, pauseMs = 0 }: { at?: readonly string[]; pauseMs?: number } = {},
): Promise<number> {
  let passed = 0
  for (let one = 0; one < count; one++) {
    if ((await ask(world, at[one % at.length]!, headers)) === 200) passed++
    if (pauseMs > 0) await pause(pauseMs)
  }
  return passed
}

/** Applies a policy in mode enforce, and waits until every ingress decides by it. */
async function enforceEverywhere(world: World, policy: string): Promise<void> {
  await world.call('policy', 'PUT', '/v1/policies', policy)
  const { setVersion } = await world.call<{ setVersion: number }>('policy', 'PUT', '/v1/mode', {
    mode: 'enforce',
    reason: 'test',
  })
  for (const name of ingresses) {
    const isThere = await within(patienceMs, async () => {
      const [version = 0] = await metrics(
        world.deployment.urlOf(name),
        /^airs_policy_set_version\{.*\} (\d+)/gm,
      )
      return version >= setVersion
    })
    if (!isThere) throw new Error(`${name} does not decide by policy set ${setVersion}`)
  }
}

/** Several ingresses report four times a second; who asks more slowly than that is held to the limit by all of them together. */
const slowerThanReportsMs = 100

/** N ingresses may let through N times the limit at once, before they report to each other, and no more. */
const limits: Accident = {
  name: 'a throttle and a key with limits, at three ingresses',
  async strike(world) {
    const limit = 12
    const problems: string[] = []
    const throttle = `name: per-session\nmode: enforce\ndirection: request\nthrottle: { requests: ${limit}, perSeconds: 60, by: session }\naction: throttle\nscope: { tags: [limited] }\n`
    await enforceEverywhere(world, throttle)
    const throttled = {
      authorization: 'Bearer fault',
      'x-session-id': `limited-${Date.now()}`,
      'x-airs-tags': 'limited',
    }
    const pace = { pauseMs: slowerThanReportsMs }
    const slow = await letThrough(world, 3 * limit, throttled, pace)
    const { key } = await world.call<{ key: string }>('policy', 'POST', '/v1/keys', {
      name: `limited-${Date.now()}`,
      requestsPerMinute: limit,
    })
    const keyed = await letThrough(world, 3 * limit, { authorization: `Bearer ${key}` }, pace)
    const most = ingresses.length * limit - 1
    for (const [what, passed] of [
      ['the throttle', slow],
      ['the key', keyed],
    ] as const)
      if (passed < limit || passed > most) problems.push(`${what} of ${limit} let ${passed} through`)
    await world.call('policy', 'DELETE', '/v1/policies/per-session')
    return {
      said: `of ${3 * limit} requests at a limit of ${limit}: the throttle let ${slow} through, the key ${keyed}`,
      problems,
    }
  },
}

/** One that is cut off counts for itself, and makes up for it when it is back; one that is killed begins anew. */
const limitsUnderAccidents: Accident = {
  name: 'a throttle while an ingress is cut off from NATS, back, and killed',
  async strike(world) {
    const { network } = world.deployment
    const [limit, tries] = [12, 60]
    const problems: string[] = []
    const throttle = `name: per-session\nmode: enforce\ndirection: request\nthrottle: { requests: ${limit}, perSeconds: 3600, by: session }\naction: throttle\nscope: { tags: [limited] }\n`
    await enforceEverywhere(world, throttle)
    const headers = {
      authorization: 'Bearer fault',
      'x-session-id': `cut-${Date.now()}`,
      'x-airs-tags': 'limited',
    }
    network.cut(['ingress-2'], 'inside')
    const cut = await letThrough(world, tries, headers)
    network.join(['ingress-2'], 'inside')
    if (cut < limit || cut > ingresses.length * limit)
      problems.push(
        `${cut} were let through while one was cut off: ${limit} to ${ingresses.length * limit} may be`,
      )
    if ((await secondsUntil(world, 'ingress-2', isInTouch)) === undefined)
      problems.push('its /readyz does not say that it is in touch again')
    await pause(5_000)
    const back = await letThrough(world, tries, headers)
    if (back > 0) problems.push(`${back} were let through after it was back: nothing was left`)
    await killMember(world, 'ingress-3')
    await secondsUntil(world, 'ingress-3', isReady)
    const killed = await letThrough(world, tries, headers)
    if (killed > limit) problems.push(`${killed} were let through after a kill: ${limit} may be`)
    await world.call('policy', 'DELETE', '/v1/policies/per-session')
    return {
      said: `at a limit of ${limit}, of ${tries} requests each: ${cut} let through while one was cut off, ${back} after it was back, ${killed} after another was killed`,
      problems,
    }
  },
}

/** An ingress keeps on disk what was spent within a second, and policy publishes every five; with time for a busy machine. */
const keptWithinMs = 3_000
const spentPublishedWithinMs = 8_000

/**
 * A budget and requests per minute, each of twelve requests. One that is cut off counts for itself; what was spent is known
 * everywhere once it is back, and at an ingress that was killed, cut off or not.
 */
const keyLimitsUnderAccidents: Accident = {
  name: 'keys with limits while an ingress is cut off from NATS, killed, and back',
  async strike(world) {
    const { network } = world.deployment
    const [limit, tries] = [12, 60]
    const problems: string[] = []
    const said: string[] = []
    const makeKey = async (limits: object) => {
      const name = `limited-${Date.now()}-${Math.random()}`
      const made = await world.call<{ keyId: string; key: string }>('policy', 'POST', '/v1/keys', {
        name,
        ...limits,
      })
      return { ...made, headers: { authorization: `Bearer ${made.key}` } }
    }
    const spentOf = async ({ keyId }: { keyId: string }) =>
      (await world.call<{ spentUsdMicros: number }>('policy', 'GET', `/v1/keys/${keyId}`)).spentUsdMicros
    const free = await makeKey({ budgetUsdMicros: 1_000_000_000 })
    if (!(await within(patienceMs, async () => (await letThrough(world, 1, free.headers)) === 1)))
      problems.push('a key within its limits was refused')
    await within(patienceMs, async () => (await spentOf(free)) > 0)
    const costUsdMicros = await spentOf(free)
    const budget = await makeKey({ budgetUsdMicros: limit * costUsdMicros })
    const other = await makeKey({ budgetUsdMicros: limit * costUsdMicros })
    const requests = await makeKey({ requestsPerMinute: limit })
    await pause(2_000)

    const cutAtMs = Date.now()
    network.cut(['ingress-2'], 'inside')
    const cut = await letThrough(world, tries, budget.headers)
    const perMinute = await letThrough(world, tries, requests.headers)
    const minutes = (Date.now() - cutAtMs) / 60_000
    const most = ingresses.length * limit
    const mostPerMinute = Math.ceil(most * (1 + minutes))
    if (cut < limit || cut > most) problems.push(`a budget of ${limit} let ${cut} through: ${most} may be`)
    if (perMinute < limit || perMinute > mostPerMinute)
      problems.push(`${limit} requests a minute let ${perMinute} through: ${mostPerMinute} may be`)
    said.push(`while one was cut off: budget ${cut}, requests a minute ${perMinute}`)

    const alone = await letThrough(world, 2 * limit, other.headers, { at: ['ingress-2'] })
    await pause(keptWithinMs)
    await killMember(world, 'ingress-2')
    await secondsUntil(world, 'ingress-2', isReady)
    const again = await letThrough(world, 2 * limit, other.headers, { at: ['ingress-2'] })
    if (alone !== limit || again > 0)
      problems.push(`cut off it let ${alone} of a budget of ${limit} through, and ${again} after a kill`)
    said.push(`at the one cut off ${alone}, after its kill ${again}`)

    network.join(['ingress-2'], 'inside')
    if ((await secondsUntil(world, 'ingress-2', isInTouch)) === undefined)
      problems.push('its /readyz does not say that it is in touch again')
    const isTold = await within(patienceMs, async () => {
      const spent = [await spentOf(budget), await spentOf(other)]
      return spent[0]! >= cut * costUsdMicros && spent[1]! >= alone * costUsdMicros
    })
    if (!isTold) problems.push('what was spent at the one cut off did not come to policy')
    await pause(spentPublishedWithinMs)
    const back = await letThrough(world, tries, budget.headers)
    const elsewhere = await letThrough(world, tries, other.headers, { at: ['ingress-1', 'ingress-3'] })
    await killMember(world, 'ingress-3')
    await secondsUntil(world, 'ingress-3', isReady)
    const killed = await letThrough(world, tries, budget.headers)
    if (back + elsewhere + killed > 0)
      problems.push(`a spent budget let ${back}, elsewhere ${elsewhere}, and after a kill ${killed} through`)
    said.push(`back ${back}, elsewhere ${elsewhere}, after another kill ${killed}`)
    return { said: `at limits of ${limit} requests: ${said.join('; ')}`, problems }
  },
}

export const accidents: readonly Accident[] = [
  killIngress,
  cutIngressInside,
  cutIngressEdge,
  ...pairs.map(killActive),
  cutActives,
  killWorker,
  killNats,
  minority,
  killPostgres,
  silentPostgres,
  failOver,
  sharedFolder,
  wrongClocks,
  limits,
  limitsUnderAccidents,
  keyLimitsUnderAccidents,
]
