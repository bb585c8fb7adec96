import { setTimeout as sleep } from 'node:timers/promises'
import { chatRequest, responseFrames, tokenFrames } from './bodies.ts'
import type { Candidate } from './candidates.ts'
import type { Child } from './child.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { usageOf } from './usage.ts'

/** How a candidate is loaded. */
export type Scenario = {
  connections: number
  seconds: number
  perSecond?: number
  lateMs?: number
  /** Ends it early. */
  maxRequests?: number
  stream?: boolean
  /** Streams of 64 tokens, to requests with tools. */
  tokens?: boolean
  /** Of each request; default 2,048. */
  bytes?: number
}

/** One candidate in one round. */
export type Sample = LoadResult & {
  /** Of the gateway's process, until all that it recorded was shipped. */
  cpuMicros: number | undefined
  mainThreadMicros: number | undefined
}

const requestBytes = 2048
const mostRequests = 200_000
const shippingLimitMs = 15_000
let firstNumber = 0

export async function measure(load: Child, candidate: Candidate, scenario: Scenario): Promise<Sample> {
  const before = candidate.pid === undefined ? undefined : usageOf(candidate.pid)
  const job: LoadJob = {
    url: candidate.url,
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer sk-benchmark-0a1b2c3d4e5f6071',
      ...candidate.headers,
    },
    body: chatRequest({
      bytes: scenario.bytes ?? requestBytes,
      stream: scenario.stream ?? false,
      tokens: scenario.tokens ?? false,
      ending: candidate.ending ?? '',
    }),
    expected: scenario.tokens
      ? { text: '"content"', times: tokenFrames.length - 3 }
      : { text: '"content"', times: scenario.stream ? responseFrames.length - 3 : 1 },
    firstNumber,
    connections: scenario.connections,
    durationMs: scenario.seconds * 1000,
    maxRequests: scenario.maxRequests ?? mostRequests,
    ...(scenario.perSecond !== undefined && { perSecond: scenario.perSecond }),
    ...(scenario.lateMs !== undefined && { lateMs: scenario.lateMs }),
  }
  const responded = load.message<LoadResult>()
  load.send(job)
  const result = await responded
  firstNumber += result.sent
  if (candidate.records) await waitUntilShipped(candidate)
  const after = candidate.pid === undefined ? undefined : usageOf(candidate.pid)
  const perExchange = (spentMs: number) => (spentMs * 1000) / result.sent
  return {
    ...result,
    cpuMicros: before && after && perExchange(after.cpuMs - before.cpuMs),
    mainThreadMicros: before && after && perExchange(after.mainThreadMs - before.mainThreadMs),
  }
}

/** @throws when the journal is not shipped within the limit: the figures after that would be of a busy machine. */
async function waitUntilShipped(candidate: Candidate): Promise<void> {
  const deadline = Date.now() + shippingLimitMs
  for (;;) {
    const { appended, shipped } = await recordedBy(candidate)
    if (shipped >= appended) return
    if (Date.now() > deadline)
      throw new Error(
        `${candidate.name}: ${appended - shipped} events are not shipped after ${shippingLimitMs} ms`,
      )
    await sleep(100)
  }
}

/** Events that an ingress has appended and shipped since it began. */
export async function recordedBy({ url }: Candidate): Promise<{ appended: number; shipped: number }> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  const value = (name: string) =>
    Number(new RegExp(`^${name}_total(?:\\{.*?\\})? (\\d+)`, 'm').exec(text)?.[1])
  return { appended: value('airs_journal_appended'), shipped: value('airs_shipper_shipped') }
}
