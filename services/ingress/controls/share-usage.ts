import { randomUUID } from 'node:crypto'
import { type Bus, followSubject } from '@airs-cp/bus'
import { type ClientKey, keyUsageReportSchema, usageSubject, usageSubjects } from '@airs-cp/events'
import type { Trouble } from '@airs-cp/runtime'
import type { KeyUsage } from './key-usage.ts'

/** How often an ingress reports to the others what keys have used at it. */
const reportEveryMs = 1_000
/** So that a report stays far below what NATS takes. */
const mostKeys = 2_000

/** Reports what keys use here to the other ingresses, and counts what they report. What is lost on the way counts when policy has it. */
export function shareUsage(
  bus: Bus,
  ingress: string,
  usage: Pick<KeyUsage, 'take' | 'add'>,
  findKey: (keyId: string) => ClientKey | undefined,
  trouble: Trouble,
): { close(): void } {
  const from = randomUUID()
  const unfollow = followSubject(
    bus,
    usageSubjects,
    (text) => {
      const report = keyUsageReportSchema.safeParse(JSON.parse(text))
      if (!report.success) throw report.error
      if (report.data.from === from) return
      for (const [keyId, used] of Object.entries(report.data.keys)) {
        const key = findKey(keyId)
        if (key) usage.add(key, used)
      }
    },
    trouble.failed,
  )
  const report = () => {
    const keys = Object.entries(usage.take())
    for (let first = 0; first < keys.length; first += mostKeys)
      bus.publish(
        usageSubject(ingress),
        JSON.stringify({ from, keys: Object.fromEntries(keys.slice(first, first + mostKeys)) }),
      )
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
