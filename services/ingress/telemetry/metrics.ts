import { publishedParts } from '@airs-cp/events'
import type { Journal } from '@airs-cp/journal'
import type { Metrics } from '@airs-cp/runtime'
import type { SecondStage } from '@airs-cp/second-stage'
import type { Controls } from '../controls/follow-controls.ts'
import type { Outcome, ProviderResponse } from '../exchange.ts'
import type { Shipper } from '../shipping/shipper.ts'
import { endpointOf, errorTypeOf } from './gen-ai-attributes.ts'
import { createGenAiMetrics } from './gen-ai-metrics.ts'

export type IngressMetrics = {
  exchange(outcome: string, provider: string, status: number, durationMs: number): void
  /**
   * What a provider's response took and used.
   * @param asked the model that the client asked for.
   */
  received(received: ProviderResponse, outcome: Outcome, asked: string | undefined): void
  onSync(durationMs: number, entries: number, bytes: number): void
  observeJournal(journal: Journal): void
  observeShipper(shipper: Shipper): void
  observeControls(controls: Controls): void
  observeSecondStage(stage: SecondStage): void
}

const boundariesSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
]
const syncBoundariesSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1]

const journalCounters = {
  appended: 'Events that were given to the journal',
  synced: 'Events that are safe on disk',
  lost: 'Events that are not recorded, and whose exchanges went on (mode best-effort)',
  refused: 'Events that could not be recorded, and whose exchanges were refused or cut',
}

/** @param formerNames also the metrics of models under the names that they had in 0.1.0. */
export function createIngressMetrics(metrics: Metrics, formerNames: boolean): IngressMetrics {
  const { meter } = metrics
  const durations = metrics.countedHistogram({
    name: 'airs.exchange.duration',
    unit: 's',
    description: 'From the first byte of the request to the last of the response',
    boundaries: boundariesSeconds,
  })
  const recordCall = createGenAiMetrics(metrics, formerNames)
  const syncs = meter.createHistogram('airs.journal.sync.duration', {
    unit: 's',
    description: 'Write and sync of one group of entries',
    advice: { explicitBucketBoundaries: syncBoundariesSeconds },
  })
  return {
    exchange(outcome, provider, status, durationMs) {
      durations.record({ outcome, provider, status: String(status) }, durationMs / 1_000)
    },
    received({ request, relayed, attempts }, { usage }, asked) {
      const { format, target } = request
      const operation = format.operationName
      const [first, last] = [attempts[0], attempts.at(-1)]
      if (!operation || !first || !last) return
      const { firstByteMs, stream } = relayed
      recordCall({
        operation,
        provider: endpointOf(target.provider).provider,
        model: target.model ?? asked,
        errorType: errorTypeOf(relayed),
        durationMs: last.startedAfterMs + last.durationMs - first.startedAfterMs,
        firstChunkMs:
          stream && firstByteMs !== undefined
            ? last.startedAfterMs - first.startedAfterMs + firstByteMs
            : undefined,
        chunkTimes: stream ? relayed.chunkTimes : undefined,
        usage,
      })
    },
    onSync(durationMs) {
      syncs.record(durationMs / 1_000)
    },
    observeJournal(journal) {
      const counters = ['appended', 'synced', 'lost', 'refused'] as const
      const instruments = counters.map((name) =>
        meter.createObservableCounter(`airs.journal.${name}`, { description: journalCounters[name] }),
      )
      const bytes = meter.createObservableGauge('airs.journal.bytes', {
        unit: 'By',
        description: 'Bytes of the journal on disk, allocated ones included',
      })
      const available = meter.createObservableGauge('airs.journal.available', {
        description: 'Whether the journal takes events; while it does not, no request is served',
      })
      const oldest = meter.createObservableGauge('airs.journal.oldest_entry.age', {
        unit: 's',
        description: 'Age of the oldest event that is still in the journal',
      })
      meter.addBatchObservableCallback(
        (result) => {
          const state = journal.state()
          for (const [index, name] of counters.entries()) result.observe(instruments[index]!, state[name])
          result.observe(bytes, state.bytes)
          result.observe(available, state.available ? 1 : 0)
          const age = state.oldestEntryTimeMs === undefined ? 0 : Date.now() - state.oldestEntryTimeMs
          result.observe(oldest, Math.max(0, age) / 1_000)
        },
        [...instruments, available, bytes, oldest],
      )
    },
    observeShipper(shipper) {
      const shipped = meter.createObservableCounter('airs.shipper.shipped', {
        description: 'Events that JetStream has acknowledged',
      })
      const redelivered = meter.createObservableCounter('airs.shipper.redelivered', {
        description: 'Of these, the ones that had been published before',
      })
      const lost = meter.createObservableCounter('airs.shipper.lost', {
        description:
          'Events that are missing from the journal before they were shipped: damage to its files has destroyed them, or mode best-effort has lost them',
      })
      const ackTimeouts = meter.createObservableCounter('airs.shipper.ack_timeouts', {
        description:
          'Events that JetStream did not acknowledge in time, and whose exchanges were refused or cut (mode replicated)',
      })
      const confirmedUpTo = meter.createObservableGauge('airs.shipper.confirmed', {
        description: 'Sequence up to which a journal is committed to Postgres',
      })
      const age = meter.createObservableGauge('airs.shipper.oldest_unshipped.age', {
        unit: 's',
        description: 'Age of the oldest event that JetStream has not acknowledged',
      })
      const uncommitted = meter.createObservableGauge('airs.journal.uncommitted', {
        description: 'Events on the disk of the ingress that are not yet committed to Postgres',
      })
      const stall = meter.createObservableGauge('airs.journal.uncommitted.stall', {
        unit: 's',
        description: 'For how long none of them was committed',
      })
      const progress = { confirmed: 0, atMs: performance.now() }
      meter.addBatchObservableCallback(
        (result) => {
          const stats = shipper.stats()
          const total = (what: 'durable' | 'confirmed') =>
            stats.journals.reduce((sum, journal) => sum + journal[what], 0)
          const confirmed = total('confirmed')
          const waiting = Math.max(0, total('durable') - confirmed)
          if (waiting === 0 || confirmed !== progress.confirmed)
            Object.assign(progress, { confirmed, atMs: performance.now() })
          result.observe(uncommitted, waiting)
          result.observe(stall, (performance.now() - progress.atMs) / 1_000)
          result.observe(shipped, stats.shipped)
          result.observe(redelivered, stats.redelivered)
          result.observe(lost, stats.lostEvents)
          result.observe(ackTimeouts, stats.ackTimeouts)
          result.observe(age, stats.oldestUnshippedAgeMs / 1_000)
          for (const { journal, confirmed: sequence } of stats.journals)
            result.observe(confirmedUpTo, sequence, { journal })
        },
        [shipped, redelivered, lost, ackTimeouts, confirmedUpTo, age, uncommitted, stall],
      )
    },
    observeSecondStage(stage) {
      meter
        .createObservableGauge('airs.second_stage.loaded', {
          description: '1 while the model of the second stage is loaded',
        })
        .addCallback((result) => result.observe(stage.state().kind === 'loaded' ? 1 : 0))
      meter
        .createObservableGauge('airs.second_stage.waiting', {
          description: 'Passages that wait for the second stage, or are being judged',
        })
        .addCallback((result) => result.observe(stage.waiting()))
      meter
        .createObservableCounter('airs.second_stage.passages', {
          description:
            'Passages that the second stage was asked about: judged, remembered from before, or left to the first stage (timeout, busy, unavailable)',
        })
        .addCallback((result) => {
          for (const [outcome, count] of Object.entries(stage.counts())) result.observe(count, { outcome })
        })
    },
    observeControls(controls) {
      const { policies, freshness } = controls
      const gauge = (name: string, description: string) =>
        meter.createObservableGauge(`airs.${name}`, { description })
      gauge('policy.set_version', 'Version of the policy set in force; 0: none').addCallback((result) => {
        result.observe(policies.current()?.version ?? 0, { origin: policies.origin() })
      })
      gauge(
        'policy.last_known_good',
        '1 while it decides by the set kept on disk, because the policy service was not heard of',
      ).addCallback((result) => result.observe(policies.origin() === 'last-known-good' ? 1 : 0))
      gauge('policy.set_rejected', '1 while the set that was published last cannot be used here').addCallback(
        (result) => result.observe(policies.rejected() ? 1 : 0),
      )
      gauge('policy.mode', '1 for the mode in force').addCallback((result) => {
        const mode = controls.mode()
        if (mode) result.observe(1, { mode: mode.value })
      })
      gauge(
        'controls.incomplete',
        '1 while what is published of a part is incomplete or damaged, so that what was in force stays',
      ).addCallback((result) => {
        for (const part of publishedParts)
          result.observe(controls[part].incompleteForMs() === undefined ? 0 : 1, { part })
      })
      gauge(
        'controls.rejected',
        '1 while what was published last of a part cannot be used here, so that what was in force stays; head: of all parts',
      ).addCallback((result) => {
        for (const part of publishedParts) result.observe(controls[part].rejected() ? 1 : 0, { part })
        result.observe(controls.headProblem() === undefined ? 0 : 1, { part: 'head' })
      })
      gauge(
        'controls.stale',
        '1 while NATS does not respond, so that changes of mode, policies, keys and quarantine do not arrive',
      ).addCallback((result) => result.observe(freshness.state() === 'stale' ? 1 : 0))
      meter
        .createObservableGauge('airs.controls.age', {
          unit: 's',
          description: 'Since NATS has confirmed what is in force here',
        })
        .addCallback((result) => {
          const ageMs = freshness.ageMs()
          if (ageMs !== undefined) result.observe(ageMs / 1_000)
        })
    },
  }
}
