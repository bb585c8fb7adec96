import { Client, type Dispatcher } from 'undici'
import { bodiesOf } from './bodies.ts'

/** Requests of one size, on so many connections that each have one under way at a time. */
export type LoadJob = {
  url: string
  headers: Record<string, string>
  /** Each request has texts of its own, see `bodiesOf`. */
  body: string
  /** Of the first request, so that texts of one measurement do not come again in the next. */
  firstNumber: number
  connections: number
  durationMs: number
  maxRequests: number
  /** What a response must have so often at least: a gateway that loses part of it is not quick. */
  expected: { text: string; times: number }
  /** What takes longer is counted. */
  lateMs?: number
  /** Over all connections; absent: each sends as soon as it has its answer. */
  perSecond?: number
}

export type LoadResult = {
  requests: number
  /** With the first one of each connection, which is not measured. */
  sent: number
  /** Of all that were sent, the ones that were not answered with 200 and what is expected. */
  failures: number
  elapsedMs: number
  /** Until the answer's last byte. */
  latency: Quantiles
  /** Until the answer's first byte, its head not counted. */
  firstByte: Quantiles
}

export type Quantiles = {
  p50Ms: number
  p99Ms: number
  mostMs: number
  /** So many took longer than `lateMs`. */
  late: number
}

async function run(job: LoadJob): Promise<LoadResult> {
  const { origin, pathname } = new URL(job.url)
  const request: Omit<Dispatcher.DispatchOptions, 'body'> = {
    method: 'POST',
    path: pathname,
    headers: job.headers,
  }
  const bodyOf = bodiesOf(job.body)
  let number = job.firstNumber
  const latencies: number[] = []
  const firstBytes: number[] = []
  let started = 0
  let failures = 0

  function isWhole(response: Buffer): boolean {
    const { text, times } = job.expected
    let at = -1
    for (let found = 0; found < times; found++) {
      at = response.indexOf(text, at + 1)
      if (at < 0) return false
    }
    return true
  }

  function once(client: Client): Promise<void> {
    return new Promise((resolve) => {
      const body = bodyOf(number++)
      const startedAtMs = performance.now()
      let firstByteMs = 0
      let failed = false
      const pieces: Buffer[] = []
      const done = () => {
        if (failed || firstByteMs === 0 || !isWhole(Buffer.concat(pieces))) failures++
        else {
          latencies.push(performance.now() - startedAtMs)
          firstBytes.push(firstByteMs)
        }
        resolve()
      }
      client.dispatch(
        { ...request, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, status) {
            failed = status !== 200
          },
          onResponseData(_controller, chunk) {
            pieces.push(chunk)
            if (firstByteMs === 0) firstByteMs = performance.now() - startedAtMs
          },
          onResponseEnd: done,
          onResponseError() {
            failed = true
            done()
          },
        },
      )
    })
  }

  const clients = Array.from({ length: job.connections }, () => new Client(origin, { pipelining: 1 }))
  await Promise.all(clients.map((client) => once(client)))
  latencies.length = firstBytes.length = 0

  const intervalMs = job.perSecond ? (1000 * job.connections) / job.perSecond : 0
  const beganAtMs = performance.now()
  const untilMs = beganAtMs + job.durationMs
  await Promise.all(
    clients.map(async (client, index) => {
      let nextMs = beganAtMs + (intervalMs * index) / job.connections
      while (performance.now() < untilMs && started < job.maxRequests) {
        const waitMs = nextMs - performance.now()
        if (intervalMs > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
        nextMs += intervalMs
        started++
        await once(client)
      }
    }),
  )
  const elapsedMs = performance.now() - beganAtMs
  await Promise.all(clients.map((client) => client.close()))
  return {
    requests: started,
    sent: started + job.connections,
    failures,
    elapsedMs,
    latency: quantilesOf(latencies, job.lateMs),
    firstByte: quantilesOf(firstBytes, job.lateMs),
  }
}

function quantilesOf(values: number[], lateMs = Number.POSITIVE_INFINITY): Quantiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    mostMs: sorted.at(-1) ?? Number.NaN,
    late: sorted.reduce((count, ms) => count + Number(ms > lateMs), 0),
  }
}

process.on('message', (job: LoadJob) => void run(job).then((result) => process.send!(result)))
process.on('disconnect', () => process.exit(0))
