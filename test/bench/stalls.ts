import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { request } from 'undici'
import { fixed, table } from '../support/table.ts'
import { type Candidate, startCandidates } from './proxy/candidates.ts'
import { median } from './proxy/median.ts'
import { prepare } from './proxy/prepare.ts'
import { type Kind, kindsOf } from './stalls/kinds.ts'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    of: { type: 'string', default: 'strict,strict + library' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`For how long a large body holds the event loop of the ingress at most, by kind, without policies and with all shipped ones
enforcing, and how much CPU its thread takes meanwhile. That is less than 20 ms, or what JSON.parse takes of the body.
  --megabytes N   of the body; default 4
  --rounds N      default 5
  --only KIND     one kind
  --of NAMES      candidates; default "strict,strict + library"`)
  process.exit(0)
}

async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { directory, cores, start } = prepare(stack)
  const bytes = Number(values.megabytes) * 1e6
  const upstream = await start('stalls/upstream.ts', String(bytes))
  const { port } = await upstream.message<{ port: number }>()
  const servers = join(directory.path, 'mcp.yaml')
  const limits = `{ requestBytes: ${2 * bytes}, resultBytes: ${2 * bytes} }`
  writeFileSync(
    servers,
    `servers:\n  bench:\n    url: http://127.0.0.1:${port}/mcp\n    revision: 2025-06-18\n    limits: ${limits}\n`,
  )
  process.env.AIRS_MCP_FILE = servers
  const candidates = await startCandidates({
    directory: directory.path,
    upstream: `http://127.0.0.1:${port}`,
    cores,
    only: values.of.split(','),
    nodeOptions: ['--import', join(import.meta.dirname, 'stalls/watch.ts')],
    stack,
  })
  const ingresses = candidates.filter(({ child }) => child)
  const rows = []
  for (const kind of kindsOf(bytes)) {
    if (values.only !== undefined && values.only !== kind.name) continue
    const large = kind.response ?? kind.body
    const parsed = large.startsWith('data:') ? undefined : await medianOf(() => parseMs(large))
    const cells = []
    for (const candidate of ingresses) {
      const held: number[] = []
      const used: number[] = []
      let decision = ''
      for (let round = -2; round < Number(values.rounds); round++) {
        const hold = await holdOf(candidate, kind)
        decision = hold.decision
        if (round < 0) continue
        held.push(hold.longestMs)
        used.push(hold.longestCpuMs)
      }
      cells.push(fixed(median(held), 1), fixed(median(used), 1), fixed(Math.max(...used), 1), decision)
    }
    rows.push([kind.name, fixed(large.length / 1e6, 1), fixed(parsed, 1), ...cells])
  }
  const head = ingresses.flatMap(({ name }) => [`${name}: ms`, 'CPU ms', 'most', 'decision'])
  console.log(
    `longest hold of the event loop, and most CPU between two timers of 1 ms; medians of ${values.rounds} rounds, and the most CPU of all`,
  )
  console.log(table(['', 'MB', 'JSON.parse ms', ...head], rows))
  console.log(`\nload average ${loadavg()[0]!.toFixed(1)}`)
}

type Hold = { decision: string; longestMs: number; longestCpuMs: number }

/** Sends the request, and reads the response. @returns for how long the ingress was held at most meanwhile. */
async function holdOf({ url, child, headers }: Candidate, kind: Kind): Promise<Hold> {
  const longest = async () => {
    const reported = child!.message<Omit<Hold, 'decision'>>()
    child!.send({})
    return await reported
  }
  // What was left of the exchange before, such as shipping.
  await sleep(300)
  await longest()
  const {
    statusCode,
    headers: head,
    body,
  } = await request(new URL(kind.path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...kind.headers },
    body: kind.body,
  })
  const received = await body.text()
  const decision = String(head['x-airs-decision'])
  if (statusCode !== 200 && decision !== 'block')
    throw new Error(`${kind.name}: status ${statusCode}: ${received.slice(0, 500)}`)
  return { decision, ...(await longest()) }
}

function parseMs(text: string): number {
  const startedAtMs = performance.now()
  JSON.parse(text)
  return performance.now() - startedAtMs
}

async function medianOf(measure: () => number): Promise<number> {
  return median(Array.from({ length: 5 }, measure))!
}

await bench()
