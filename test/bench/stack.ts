import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startStack } from '../../infra/local/stack.ts'
import { processes } from '../../infra/processes.ts'
import { until } from '../support/control.ts'
import { pendingEvents } from '../support/process-samples.ts'
import { fixed, table } from '../support/table.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { bodiesOf, chatRequest } from './proxy/bodies.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '25' },
    connections: { type: 'string', default: '10' },
    'per-second': { type: 'string' },
    'warm-up': { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`Memory and CPU of every process of the whole stack, for the resource requests of manifests.
  --seconds S       of load; default 25
  --connections N   each sends 2 KB as soon as it is answered; default 10
  --per-second N    all together; default: as many as are answered
  --warm-up S       of the same load before, which is not counted; default 0`)
  process.exit(0)
}

/** Kernel ticks are hundredths of a second. */
const tickMs = 10

/** `residentMiB` counts what processes share for each of them, such as the 53 MiB of Node's binary; `ownMiB` divides it between them. */
function memoryOf(pid: number): { residentMiB: number; ownMiB: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mebibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)![1]) / 1_024
  return { residentMiB: mebibytes('Rss'), ownMiB: mebibytes('Pss') }
}

/** Of a process and all that it has started, those that have ended included. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * tickMs
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + cpuMs(Number(child)), own)
}

const directory = makeTemporaryDirectory()
const stack = await startStack({
  dataDir: directory.path,
  ports: 'free',
  env: { ...process.env, AIRS_PROVIDER: 'mock', AIRS_LOG: 'warn' },
})
try {
  const idle = [...processes.map(({ name }) => name), 'nats'].map((name) => {
    const pid = stack.process(name).pid!
    return { name, pid, idle: memoryOf(pid) }
  })
  const postgres = stack.process('postgres').pid!
  const url = `${stack.urls.ingress}/v1/chat/completions`
  const bodyOf = bodiesOf(chatRequest({ bytes: 2_048 }))
  let sent = 0
  let responded = 0
  const paceMs = values['per-second'] && (1_000 * Number(values.connections)) / Number(values['per-second'])
  const send = async (endMs: number) => {
    let nextMs = Date.now()
    while (Date.now() < endMs) {
      if (paceMs) nextMs += paceMs
      if (nextMs > Date.now()) await setTimeout(nextMs - Date.now())
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodyOf(sent++),
      })
      await response.arrayBuffer()
      if (response.ok) responded++
    }
  }
  const loadFor = async (seconds: number) => {
    const endMs = Date.now() + seconds * 1_000
    responded = 0
    await Promise.all(Array.from({ length: Number(values.connections) }, () => send(endMs)))
    await until(
      'everything to be applied',
      async () => (await pendingEvents(stack.urls)) === 0 || undefined,
      120_000,
    )
  }
  await loadFor(Number(values['warm-up']))
  const measured = idle.map((one) => ({ ...one, startMs: cpuMs(one.pid) }))
  const postgresStartMs = cpuMs(postgres)
  await loadFor(Number(values.seconds))
  const microsPerExchange = (pid: number, startMs: number) => ((cpuMs(pid) - startMs) * 1_000) / responded
  const rows = measured.map(({ name, pid, idle, startMs }) => {
    const after = memoryOf(pid)
    const cpuMicros = microsPerExchange(pid, startMs)
    return { name, values: [idle.residentMiB, idle.ownMiB, after.residentMiB, after.ownMiB, cpuMicros] }
  })
  const sums = rows[0]!.values.map((_, column) => rows.reduce((sum, row) => sum + row.values[column]!, 0))
  const postgresMicros = microsPerExchange(postgres, postgresStartMs)
  console.log(`${responded} exchanges; load average ${loadavg()[0]!.toFixed(1)}\n`)
  console.log(
    table(
      ['MiB', 'idle', 'shared parts once', 'after', 'shared parts once', 'CPU µs per exchange'],
      [...rows, { name: 'all', values: sums }].map(({ name, values }) => [
        name,
        ...values.map((value) => fixed(value, 0)),
      ]),
    ),
  )
  console.log(
    `\nwith ${fixed(postgresMicros, 0)} µs of Postgres each exchange takes ${fixed(sums.at(-1)! + postgresMicros, 0)} µs of CPU`,
  )
} finally {
  await stack.stop()
  directory.remove()
}
process.exit()
