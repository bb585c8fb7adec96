import { randomUUID } from 'node:crypto'
import { type Bus, followSubject } from '@airs-cp/bus'
import { type ClientKey, usageReportSchema, usageSubject, usageSubjects } from '@airs-cp/events'
import type { Throttle } from '@airs-cp/policy-engine'
import type { Trouble } from '@airs-cp/runtime'
import type { KeyUsage } from './key-usage.ts'
import { createUnreported } from './unreported.ts'

/** How often an ingress reports to the others what was used at it. Limits are exceeded by no more than the others let through in this time. */
const reportEveryMs = 250
/** Where NATS was away from all, the others are back so much later at most; a report that they do not hear is lost. */
const othersReconnectMs = 1_000
/** So that a report stays below what NATS takes. */
const mostKeys = 2_000
const mostWindows = 400
const longestWindowName = 2_000

/**
 * Reports to the other ingresses what keys use here, and what limits of policies let through; and counts what they report.
 * What is lost on the way of keys counts when policy has it. While there is no connection it keeps what it would report,
 * because the client forgets what is published meanwhile.
 * @param ingress that the report is from.
 */
export function shareUsage(
  bus: Bus,
  ingress: string,
  { usage, throttle }: { usage: Pick<KeyUsage, 'take' | 'add'>; throttle: Pick<Throttle, 'passed' | 'add'> },
  findKey: (keyId: string) => ClientKey | undefined,
  trouble: Trouble,
  nowMs: () => number = () => performance.now(),
): { close(): void } {
  const from = randomUUID()
  const unreported = createUnreported(nowMs)
  let mayReportFromMs = 0
  void (async () => {
    for await (const { type } of bus.status()) {
      if (type === 'disconnect') mayReportFromMs = Number.POSITIVE_INFINITY
      if (type === 'reconnect') mayReportFromMs = performance.now() + othersReconnectMs
    }
  })()
  const unfollow = followSubject(
    bus,
    usageSubjects,
    (text) => {
      const report = usageReportSchema.safeParse(JSON.parse(text))
      if (!report.success) throw report.error
      if (report.data.from === from) return
      throttle.add(report.data.passed)
      for (const [keyId, used] of Object.entries(report.data.keys)) {
        const key = findKey(keyId)
        if (key) usage.add(key, used)
      }
    },
    trouble.failed,
  )
  const send = (report: object) => bus.publish(usageSubject(ingress), JSON.stringify({ from, ...report }))
  const report = () => {
    unreported.add(
      usage.take(),
      throttle.passed().filter(([window]) => window.length <= longestWindowName),
    )
    if (performance.now() < mayReportFromMs) return
    const { keys, passed } = unreported.take()
    for (const part of partsOf(Object.entries(keys), mostKeys)) send({ keys: Object.fromEntries(part) })
    for (const part of partsOf(passed, mostWindows)) send({ passed: part })
  }
  const timer = setInterval(() => {
    try {
      report()
      trouble.worked()
    } catch (error) {
      trouble.failed(error)
    }
  }, reportEveryMs)
  timer.unref()
  return {
    close() {
      clearInterval(timer)
      unfollow()
    },
  }
}

function partsOf<Item>(items: readonly Item[], most: number): Item[][] {
  const count = Math.ceil(items.length / most)
  return Array.from({ length: count }, (_, part) => items.slice(part * most, (part + 1) * most))
}
