import { eventTypes } from '@airs-cp/events'
import { type DamageReport, type EpochInfo, type Journal, JournalUnavailableError } from '@airs-cp/journal'
import type { Logger } from '@airs-cp/runtime'
import { type ActivePolicy, rejectedSet } from '../decision/active-policy.ts'
import type { Instance } from './instance.ts'
import type { Recorder } from './recorder.ts'

const retryMs = 500

/**
 * Records what this ingress has to say about itself: that it has started and what the process before left behind, which
 * policy set it decides by or cannot use, and which entries of a journal are destroyed. While the journal is not available it tries again.
 * @param damages what was found so far; later finds are added to it by the caller, and taken from it here.
 */
export function startRecordingFacts({
  recorder,
  journal,
  instance,
  damages,
  policy,
  log,
}: {
  recorder: Recorder
  journal: Journal
  instance: Instance
  damages: DamageReport[]
  policy: ActivePolicy
  log: Logger
}): { close(): void } {
  const told = new Set<string>()
  let started = false
  let toldVersion: number | undefined
  let toldRejection: number | undefined
  let busy = false

  async function tell(): Promise<void> {
    if (!started) {
      await recorder.fact(eventTypes.ingressStarted, {
        ...(instance.previous && { previous: instance.previous }),
        journals: earlier,
      })
      await instance.remember()
      started = true
    }
    const version = policy.current()?.version
    if (version !== undefined && version !== toldVersion) {
      await recorder.fact(eventTypes.policySetActivated, { version })
      toldVersion = version
    }
    const rejected = rejectedSet(policy)
    if (rejected && rejected.version !== toldRejection)
      await recorder.fact(eventTypes.policySetRejected, rejected)
    toldRejection = rejected?.version
    for (let damage = damages[0]; damage; damage = damages[0]) {
      await tellDamage(damage)
      damages.shift()
    }
  }

  async function tellDamage({
    journal: id,
    firstLost,
    lostEvents,
    file,
    quarantineFile,
  }: DamageReport): Promise<void> {
    const key = `${id} ${firstLost}`
    if (lostEvents === 0 || told.has(key)) return
    await recorder.fact(eventTypes.journalDamaged, {
      journal: id,
      from: firstLost,
      to: firstLost + lostEvents - 1,
      file,
      ...(quarantineFile !== undefined && { quarantineFile }),
    })
    told.add(key)
  }

  const earlier = earlierEpochs(journal)
  const attempt = () => {
    const isTold =
      started &&
      damages.length === 0 &&
      toldVersion === policy.current()?.version &&
      toldRejection === rejectedSet(policy)?.version
    if (busy || isTold) return
    busy = true
    tell()
      .catch((err) => {
        if (!(err instanceof JournalUnavailableError))
          log.warn({ err }, 'cannot record what happened to this ingress')
      })
      .finally(() => {
        busy = false
      })
  }
  attempt()
  const timer = setInterval(attempt, retryMs)
  policy.onChange(attempt)
  return { close: () => clearInterval(timer) }
}

function earlierEpochs(journal: Journal): { journal: string; lastSequence: number }[] {
  let epochs: EpochInfo[] = []
  journal.follow({
    durable() {},
    epochs(infos) {
      epochs = infos
    },
  })()
  return epochs
    .filter(({ current }) => !current)
    .map(({ journal: id, lastSequence }) => ({ journal: id, lastSequence }))
}
