import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type EventByType, eventTypes } from '@airs-cp/events'
import { freePort } from '../../infra/local/free-port.ts'
import { startStack } from '../../infra/local/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

/**
 * How long a change takes to reach every ingress: from before the request to the control API, sent to the console, until
 * each ingress has recorded that it decides by the new set. At the end every ingress is asked whether it does.
 */
const { values } = parseArgs({
  options: {
    ingresses: { type: 'string', default: '3' },
    changes: { type: 'string', default: '30' },
  },
})
const ingressCount = Number(values.ingresses)
const policy = `name: bench-word
mode: enforce
direction: request
detectors: [{ detector: pattern, name: WORD, pattern: forbidden }]
action: block
`

const directory = makeTemporaryDirectory()
const stack = await startStack({
  dataDir: directory.path,
  ports: 'free',
  env: { ...process.env, AIRS_PROVIDER: 'mock', AIRS_MODE: 'observe' },
})
const others: ChildProcess[] = []
try {
  const urls = [stack.urls.ingress!]
  for (let index = 1; index < ingressCount; index++) urls.push(await startIngress(index))
  await put('/v1/policies', policy, 'application/yaml')
  await put('/v1/policies', policy, 'application/yaml')
  const startedAtMs = new Map<number, number>()
  const respondedMs: number[] = []
  for (let change = 0; change < Number(values.changes); change++) {
    const mode = change % 2 === 0 ? 'off' : 'enforce'
    const startedAt = Date.now()
    const { setVersion } = await put(
      '/v1/mode',
      JSON.stringify({ mode, reason: 'bench' }),
      'application/json',
    )
    respondedMs.push(Date.now() - startedAt)
    startedAtMs.set(setVersion, startedAt)
    for (const url of urls) await expectStatus(url, mode === 'enforce' ? 403 : 200)
    await sleep(200)
  }
  const activations = await recordedActivations()
  const reachedMs = [...startedAtMs].map(([version, startedAt]) => {
    const times = activations
      .filter((activation) => activation.version === version)
      .map(({ timeMs }) => timeMs)
    if (times.length !== ingressCount)
      throw new Error(
        `${times.length} of ${ingressCount} ingresses have reported that they decide by set ${version}`,
      )
    return Math.max(...times) - startedAt
  })
  console.log(`${values.changes} changes of the mode (enforce, bypass), ${ingressCount} ingresses`)
  console.log(line('in force on every ingress after', reachedMs))
  console.log(line('the API has answered after', respondedMs))
} finally {
  for (const child of others) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await stack.stop()
  directory.remove()
}

async function startIngress(index: number): Promise<string> {
  const { env, file, args } = stack.process('ingress').command
  const port = await freePort()
  const dataDir = join(directory.path, `ingress-${index}`)
  const child = spawn(file, args, {
    env: { ...env, AIRS_INGRESS_PORT: String(port), AIRS_DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  others.push(child)
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) await sleep(100)
  return url
}

async function expectStatus(url: string, status: number): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'forbidden' }] }),
  })
  await response.arrayBuffer()
  if (response.status !== status) throw new Error(`${url} answered ${response.status}, and not ${status}`)
}

async function put(path: string, body: string, type: string): Promise<{ setVersion: number }> {
  const response = await fetch(`${stack.urls.console}${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${stack.token}`, 'content-type': type },
    body,
  })
  if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { setVersion: number }
}

async function recordedActivations(): Promise<{ version: number; timeMs: number }[]> {
  const response = await fetch(
    `${stack.urls.console}/v1/events?type=${eventTypes.policySetActivated}&limit=1000`,
    {
      headers: { authorization: `Bearer ${stack.token}` },
    },
  )
  if (!response.ok) throw new Error(`GET /v1/events: ${response.status} ${await response.text()}`)
  const { events } = (await response.json()) as {
    events: EventByType<typeof eventTypes.policySetActivated>[]
  }
  return events.map(({ time, data }) => ({ version: data.version, timeMs: Date.parse(time) }))
}

function line(what: string, ms: number[]): string {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  const text = (value: number) => `${value.toFixed(0).padStart(4)} ms`
  return `${what.padEnd(32)} p50 ${text(at(0.5))}   p95 ${text(at(0.95))}   max ${text(sorted.at(-1)!)}`
}
