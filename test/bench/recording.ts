import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { connectBus, ensureTopology } from '@airs-cp/bus'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { startNats } from '../support/start-nats.ts'
import { fixed, table } from '../support/table.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { type Child, startChild } from './proxy/child.ts'
import type { RecordingCost, RecordingJob } from './recording/one.ts'

const { values } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '4000' },
    rounds: { type: 'string', default: '7' },
    warm: { type: 'string', default: '20000' },
    modes: { type: 'string', default: 'best-effort,strict' },
    beside: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`What building, writing and shipping the two events of an exchange costs, without the exchange.
  --exchanges N   of each measurement; default 4000
  --rounds N      of each scenario, of which the least counts; default 7
  --warm N        exchanges before that; default 20000
  --modes LIST    recording modes; default best-effort,strict
  --beside DIR    also the code of another checkout
  --profile DIR   writes CPU profiles of ours`)
  process.exit(0)
}

const exchanges = Number(values.exchanges)
const scenarios: Record<string, RecordingJob> = {
  'as fast as it goes, 10 at once': { exchanges, concurrency: 10 },
  '500 a second': { exchanges: Math.ceil(exchanges / 8), concurrency: 10, perSecond: 500 },
}

async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const directory = makeTemporaryDirectory()
  stack.defer(() => directory.remove())
  const nats = stack.use(await startNats())
  const bus = await connectBus({ url: nats.url, name: 'bench' })
  await ensureTopology(bus)
  await bus.drain()
  const checkouts = { ours: repositoryRoot, ...(values.beside && { beside: resolve(values.beside) }) }
  const candidates: { name: string; child: Child }[] = []
  for (const mode of values.modes.split(','))
    for (const [whose, checkout] of Object.entries(checkouts)) {
      const name = `${mode}, ${whose}`
      const profiling =
        values.profile && whose === 'ours'
          ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`, '--cpu-prof-interval=1000']
          : []
      const child = await startChild({
        args: [
          ...profiling,
          join(import.meta.dirname, 'recording/one.ts'),
          checkout,
          mode,
          nats.url,
          join(directory.path, name),
        ],
        env: process.env,
        logPath: join(directory.path, `${name}.log`),
      })
      stack.defer(() => child.stop())
      await child.message()
      candidates.push({ name, child })
    }
  const measure = (child: Child, job: RecordingJob) => {
    const responded = child.message<RecordingCost>()
    child.send(job)
    return responded
  }
  for (const { child } of candidates)
    await measure(child, { exchanges: Number(values.warm), concurrency: 32 })
  for (const [title, job] of Object.entries(scenarios)) {
    const costs = new Map<string, RecordingCost[]>(candidates.map(({ name }) => [name, []]))
    for (let round = 0; round < Number(values.rounds); round++)
      for (const { name, child } of candidates) costs.get(name)!.push(await measure(child, job))
    const names = [
      ...new Set([...costs.values()].flat().flatMap(({ threads }) => Object.keys(threads))),
    ].filter((name) => Math.max(...[...costs.values()].flat().map(({ threads }) => threads[name] ?? 0)) > 0.5)
    const total = ({ threads }: RecordingCost) => Object.values(threads).reduce((sum, one) => sum + one, 0)
    const rows = [...costs].map(([name, own]) => {
      const best = own.toSorted((a, b) => total(a) - total(b))
      const middle = best[best.length >> 1]!
      return [
        name,
        fixed(total(best[0]!), 0),
        fixed(total(middle), 0),
        ...names.map((thread) => fixed(best[0]!.threads[thread] ?? 0, 0)),
        fixed((job.exchanges * 1000) / middle.elapsedMs, 0),
      ]
    })
    console.log(`\n${title}: CPU µs of an exchange`)
    console.log(table(['', 'least', 'median', ...names, 'exchanges/s'], rows))
  }
  console.log(`\nload average ${loadavg()[0]!.toFixed(1)}`)
}

await bench()
