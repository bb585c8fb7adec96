import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { connectBus, ensureTopology } from '@airs-cp/bus'
import { type Journal, openJournal } from '@airs-cp/journal'
import { startShipper } from '../../services/ingress/shipping/shipper.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '3000' },
    ship: { type: 'string', default: '100000' },
  },
})
const seconds = Number(values.seconds)
const text = 'The quick brown fox. '.repeat(1000).slice(0, Number(values.bytes))

const build = (journal: string, sequence: number) => ({
  subject: 'airs.traffic.default.7.request-received',
  id: `01890000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  event: `{"journal":"${journal}","sequence":${sequence},"text":"${text}"}`,
})

/** `share` of the values, sorted, are at most this. */
const quantile = (sorted: number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0

async function withJournal(run: (journal: Journal) => Promise<void>): Promise<void> {
  const directory = makeTemporaryDirectory()
  try {
    await using journal = await openJournal({ directory: directory.path })
    const confirming = setInterval(
      () => void journal.confirm(journal.id!, journal.state().synced).catch(() => {}),
      500,
    )
    await run(journal)
    clearInterval(confirming)
  } finally {
    directory.remove()
  }
}

async function appends(concurrency: number): Promise<void> {
  await withJournal(async (journal) => {
    const latencies: number[] = []
    let callMs = 0
    const worker = async (untilMs: number, latenciesMs: number[]) => {
      for (let now = performance.now(); now < untilMs; ) {
        const promise = journal.append(build)
        callMs += performance.now() - now
        await promise
        const after = performance.now()
        latenciesMs.push(after - now)
        now = after
      }
    }
    const phase = (ms: number, into: number[]) =>
      Promise.all(Array.from({ length: concurrency }, () => worker(performance.now() + ms, into)))
    await phase(500, [])
    callMs = 0
    const cpu = process.cpuUsage()
    await phase(seconds * 1000, latencies)
    const { user, system } = process.cpuUsage(cpu)
    latencies.sort((a, b) => a - b)
    const count = latencies.length
    console.log(
      [
        `${concurrency}`.padStart(11),
        `${Math.round(count / seconds)}`.padStart(10),
        quantile(latencies, 0.5).toFixed(3).padStart(8),
        quantile(latencies, 0.99).toFixed(3).padStart(8),
        ((user + system) / count).toFixed(1).padStart(13),
        ((callMs * 1000) / count).toFixed(1).padStart(13),
      ].join('  '),
    )
  })
}

async function shipping(events: number): Promise<void> {
  const directory = makeTemporaryDirectory()
  await using nats = await startNats()
  const bus = await connectBus({ url: nats.url, name: 'bench' })
  await ensureTopology(bus)
  const journal = await openJournal({ directory: directory.path })
  for (let done = 0; done < events; done += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, events - done) }, () => journal.append(build)))
  }
  const cpu = process.cpuUsage()
  const started = performance.now()
  const shipper = startShipper({ journal, natsUrl: nats.url })
  const drained = await shipper.drain(120_000)
  const elapsedMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  console.log(
    `${events} events of ${text.length} bytes ${drained ? 'shipped' : 'NOT all shipped'} in ${elapsedMs.toFixed(0)} ms: ` +
      `${Math.round(events / (elapsedMs / 1000))}/s, ${((user + system) / events).toFixed(1)} µs of CPU each`,
  )
  await shipper.close()
  await journal.close()
  await bus.close()
  directory.remove()
}

console.log(`Appends of ${text.length} bytes, each waiting for its sync, for ${seconds} s`)
console.log('concurrency   appends/s    p50 ms    p99 ms  CPU µs/append  of it in call')
for (const concurrency of [1, 10, 64]) await appends(concurrency)
await shipping(Number(values.ship))
