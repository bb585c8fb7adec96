import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { metaKeys } from '@airs-cp/mcp'
import { fixed, table } from '../support/table.ts'
import { profilingTo, startCandidates } from './proxy/candidates.ts'
import { probeDisk } from './proxy/disk.ts'
import type { LoadJob, LoadResult } from './proxy/load.ts'
import { median } from './proxy/median.ts'
import { prepare } from './proxy/prepare.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1.5' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'strict,strict + library' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`What the gateway adds to a call of a tool, beside a direct call and in one run. The budget is 1 ms of p50. A call waits for two
synced writes, one before it is sent and one before its result goes out: what those take on this disk is printed with it.
  --seconds S   of each measurement; default 1.5
  --rounds N    default 5
  --only NAMES  of ingresses; default strict,strict + library
  --profile DIR writes CPU profiles of them`)
  process.exit(0)
}

const version = '2026-07-28'
const tool = 'search'
const call = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: tool,
    arguments: { query: 'harbours that are blue', limit: 20, folder: '/srv/notes' },
    _meta: {
      [metaKeys.protocolVersion]: version,
      [metaKeys.clientInfo]: { name: 'bench', version: '1' },
      [metaKeys.clientCapabilities]: {},
    },
  },
}
const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': version,
  'mcp-method': 'tools/call',
  'mcp-name': tool,
}

type Latency = { p50Ms: number; p99Ms: number }

async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { directory, cores, start } = prepare(stack)
  const { port } = await (await start('mcp/server.ts')).message<{ port: number }>()
  const load = await start('proxy/load.ts')
  const direct = `http://127.0.0.1:${port}/mcp`
  const file = join(directory.path, 'mcp.yaml')
  writeFileSync(file, `servers:\n  bench:\n    url: ${direct}\n    revision: ${version}\n`)
  process.env.AIRS_MCP_FILE = file
  const candidates = await startCandidates({
    directory: directory.path,
    upstream: `http://127.0.0.1:${port}`,
    cores,
    only: values.only.split(','),
    nodeOptions: profilingTo(values.profile),
    stack,
  })
  const targets = candidates.map(({ name, url, headers: more }) => ({
    name,
    url: name === 'direct' ? direct : new URL('/mcp/bench', url).href,
    headers: { ...headers, ...more },
  }))

  async function measure(target: (typeof targets)[number], job: Partial<LoadJob>): Promise<Latency> {
    const responded = load.message<LoadResult>()
    load.send({
      ...target,
      ...{ body: JSON.stringify(call), firstNumber: 0, maxRequests: 200_000, connections: 1 },
      expected: { text: '"result"', times: 1 },
      ...{ durationMs: Number(values.seconds) * 1000, ...job },
    })
    const { latency, failures } = await responded
    if (failures > 0) throw new Error(`${target.name}: ${failures} calls failed`)
    return latency
  }

  for (const target of targets)
    await measure(target, { connections: 10, durationMs: 10_000, maxRequests: 20_000 })
  for (const connections of [1, 10]) {
    const rounds = new Map(targets.map(({ name }) => [name, [] as Latency[]]))
    for (let round = 0; round < Number(values.rounds); round++)
      for (const target of targets) rounds.get(target.name)!.push(await measure(target, { connections }))
    console.log(`\ncalls of a tool on ${connections} connections; medians of ${values.rounds} rounds`)
    console.log(report(rounds))
  }
  const { syncMs, isMemory } = probeDisk(directory.path)
  console.log(
    isMemory
      ? `\n${directory.path} is in memory: the two synced writes of a call take nothing there`
      : `\nthe two synced writes of a call take ${fixed(2 * syncMs, 2)} ms on this disk`,
  )
  console.log(`load average ${loadavg()[0]!.toFixed(1)}`)
}

function report(rounds: Map<string, Latency[]>): string {
  const direct = rounds.get('direct')!
  const rows = [...rounds].map(([name, own]) => {
    const of = (quantile: keyof Latency) => median(own.map((one) => one[quantile]))
    const added = (quantile: keyof Latency) =>
      own === direct ? undefined : median(own.map((one, round) => one[quantile] - direct[round]![quantile]))
    const ratio = own === direct ? undefined : of('p50Ms') / median(direct.map(({ p50Ms }) => p50Ms))
    return [
      name,
      fixed(of('p50Ms'), 2),
      fixed(added('p50Ms'), 2),
      fixed(ratio, 1),
      fixed(of('p99Ms'), 2),
      fixed(added('p99Ms'), 2),
    ]
  })
  return table(['', 'p50 ms', 'added', 'ratio', 'p99 ms', 'added'], rows)
}

await bench()
