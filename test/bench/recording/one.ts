import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Decision, RecordingMode } from '@airs-cp/events'
import { chatRequest, reply } from '../proxy/bodies.ts'

/** What is asked of this process; it answers each with the CPU time that its threads have spent on it. */
export type RecordingJob = { exchanges: number; concurrency: number; perSecond?: number }

/** Microseconds of each exchange, by the name of the thread. */
export type RecordingCost = { threads: Record<string, number>; elapsedMs: number }

const [checkout = '', mode = 'strict', natsUrl = '', directory = ''] = process.argv.slice(2)
const load = <Module>(path: string) => import(join(checkout, path)) as Promise<Module>
const { createRecorder } = await load<typeof import('../../../services/ingress/recording/recorder.ts')>(
  'services/ingress/recording/recorder.ts',
)
const { identify } = await load<typeof import('../../../services/ingress/admission/identify.ts')>(
  'services/ingress/admission/identify.ts',
)
const { startShipper } = await load<typeof import('../../../services/ingress/shipping/shipper.ts')>(
  'services/ingress/shipping/shipper.ts',
)
const { openJournal } = await load<typeof import('@airs-cp/journal')>('libs/journal/index.ts')
const { eventTypes } = await load<typeof import('@airs-cp/events')>('libs/events/index.ts')

mkdirSync(directory, { recursive: true })
const journal = await openJournal({ directory })
const shipper = startShipper({ journal, natsUrl, replicated: mode === 'replicated' })
const recorder = createRecorder({
  journal,
  mode: mode as RecordingMode,
  source: 'airs-cp/ingress/benchmark',
  tenant: 'default',
  replicated: (id, sequence) => shipper.waitForAck(id, sequence),
  digestKey: 'a key for benchmarks only',
  coverOfUnjudged: () => ({
    query: undefined,
    request: () => undefined,
    forwarded: () => undefined,
    keeps: 'at-once',
    response: () => undefined,
  }),
})
const confirming = setInterval(() => {
  for (const { journal: id, shipped } of shipper.stats().journals) void journal.confirm(id, shipped)
}, 500)

const request = chatRequest({ bytes: 2048 })
const decision: Decision = {
  action: 'allow',
  mode: 'observe',
  policySet: 1,
  verdicts: [],
  findings: [],
  scanned: { characters: 0, skipped: [] },
}
const socket = {}
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-benchmark-0a1b2c3d4e5f6071' }
const incoming = { headers, method: 'POST', url: '/v1/chat/completions', socket }

async function exchangeOnce(): Promise<void> {
  const exchange = identify(incoming as never, 'default', 'a key for benchmarks only')
  const record = recorder.open(exchange)
  const body = record.body(Buffer.from(request), 'application/json', undefined)
  await record.event(eventTypes.requestReceived, {
    request: {
      method: 'POST',
      path: '/v1/chat/completions',
      format: 'openai.chat',
      model: 'gpt-4o-mini',
      stream: false,
      body,
    },
    tags: [],
    agent: undefined,
    sources: [],
    credential: exchange.credential,
    key: undefined,
    provider: 'default',
    decision,
  } as never)
  await new Promise(setImmediate)
  const responded = record.openBody()
  responded.push(Buffer.from(reply))
  await record.event(eventTypes.responseCompleted, {
    provider: 'default',
    keyId: undefined,
    model: 'gpt-4o-mini-2024-07-18',
    stream: false,
    body: responded.finish('application/json'),
    attempts: [{ provider: 'default', startedAfterMs: 0.512, durationMs: 1.234, status: 200 }],
    usage: { inputTokens: 412, outputTokens: 42, totalTokens: 454 },
    cost: { usdMicros: 87, priceDate: '2026-11-01' },
    finishReasons: ['stop'],
    timing: { firstByteMs: 0.734, durationMs: 2.123 },
    status: 200,
    decision,
  } as never)
}

async function run({ exchanges, concurrency, perSecond }: RecordingJob): Promise<RecordingCost> {
  const before = threadTimes()
  const startedMs = performance.now()
  const { shipped } = shipper.stats()
  let begun = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (begun < exchanges) {
        const dueMs = perSecond ? startedMs + (begun * 1000) / perSecond - performance.now() : 0
        begun++
        if (dueMs > 0) await sleep(dueMs)
        await exchangeOnce()
      }
    }),
  )
  const elapsedMs = performance.now() - startedMs
  while (shipper.stats().shipped < shipped + begun * 2) await sleep(20)
  const threads: Record<string, number> = {}
  for (const [task, { name, micros }] of threadTimes())
    threads[name] = (threads[name] ?? 0) + (micros - (before.get(task)?.micros ?? 0)) / begun
  return { threads, elapsedMs }
}

/** Time on a CPU of each thread of this process, see proc(5), schedstat. */
function threadTimes(): Map<string, { name: string; micros: number }> {
  const times = new Map<string, { name: string; micros: number }>()
  for (const task of readdirSync('/proc/self/task')) {
    const read = (file: string) => readFileSync(`/proc/self/task/${task}/${file}`, 'utf8')
    try {
      times.set(task, { name: read('comm').trim(), micros: Number(read('schedstat').split(' ')[0]) / 1000 })
    } catch {
      // it has ended
    }
  }
  return times
}

async function close(): Promise<void> {
  clearInterval(confirming)
  await shipper.close()
  await journal.close()
  process.exit(0)
}

process.on('message', (job: RecordingJob) => void run(job).then((cost) => process.send!(cost)))
process.on('disconnect', close)
process.on('SIGTERM', close)
process.send!({})
