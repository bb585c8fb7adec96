import { setTimeout as sleep } from 'node:timers/promises'
import { eventTypes, type RecordingMode, uuidv7 } from '@airs-cp/events'
import { type DamageReport, type Journal, openJournal } from '@airs-cp/journal'
import type { Controls } from '../../services/ingress/controls/follow-controls.ts'
import type { Exchange } from '../../services/ingress/exchange.ts'
import { nameInstance } from '../../services/ingress/recording/instance.ts'
import { startRecordingFacts } from '../../services/ingress/recording/record-facts.ts'
import { createRecorder } from '../../services/ingress/recording/recorder.ts'
import { type Shipper, startShipper } from '../../services/ingress/shipping/shipper.ts'
import { natsUrl } from './addresses.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'

export type IngressSettings = {
  mode: RecordingMode
  /** Clients that ask one thing after the other. */
  clients: number
  pauseMs: number
  limitBytes: number
  ledger: Ledger
  random: Random
  /** Whether exchanges still begin. */
  isOpen: () => boolean
  onReport: (report: { kind: string }) => void
  /** Its process must end. */
  onLockLost: () => void
}

export type IngressProgram = { journal: Journal; shipper: Shipper; close(): Promise<void>; busy(): number }

const decision = {
  action: 'allow' as const,
  mode: 'enforce' as const,
  policySet: 1,
  verdicts: [],
  findings: [],
  scanned: { characters: 0, skipped: [] },
}

/** Journal, recorder, facts and shipper, put together as `startIngress` does; the exchanges go to no provider. */
export async function runIngress(settings: IngressSettings): Promise<IngressProgram> {
  const { mode, ledger, random, onReport } = settings
  const damages: DamageReport[] = []
  const note = (report: { kind: string }) => {
    onReport(report)
    if (report.kind === 'lock-lost') settings.onLockLost()
    if (report.kind === 'damage') damages.push(report as DamageReport)
  }
  const instance = nameInstance('/simulated/ingress/instance')
  const opened = await openJournal({
    beforeFirstEpoch: instance.announce,
    directory: '/simulated/ingress/journal',
    segmentBytes: 64 * 1024,
    limitBytes: settings.limitBytes,
    onReport: note,
  })
  const journal = ledger.listen(opened)
  const shipper = startShipper({
    journal: opened,
    natsUrl,
    replicated: mode === 'replicated',
    onReport: note,
  })
  const recorder = createRecorder({
    journal,
    mode,
    source: instance.source,
    tenant: 'default',
    replicated: (id, sequence) => shipper.waitForAck(id, sequence),
    digestKey: 'simulated',
    coverOfUnjudged: () => ({ keeps: 'at-once' }) as never,
  })
  const facts = startRecordingFacts({
    recorder,
    journal: opened,
    instance,
    damages,
    purges: new Map(),
    controls: {
      policies: { version: () => undefined, rejected: () => undefined },
      onChange: () => {},
    } as unknown as Controls,
    configuration: {},
    log: { warn: () => {} } as never,
  })
  let busy = 0
  let isClosing = false

  async function exchange(id: string): Promise<void> {
    const recording = recorder.open({
      id,
      session: `session-${random.integer(1, 20)}`,
      tenant: 'default',
    } as Exchange)
    const bodyOf = () => {
      const bytes = random.chance(0.02) ? random.integer(40_000, 120_000) : random.integer(50, 4_000)
      const text = JSON.stringify({ text: `${random.integer(0, 1e9)} `.repeat(Math.ceil(bytes / 10)) })
      return recording.body(Buffer.from(text), 'application/json', undefined)
    }
    await recording.event(eventTypes.requestReceived, {
      decision,
      provider: 'mock',
      agent: 'simulated',
      tags: [],
      sources: [],
      request: {
        method: 'POST',
        path: '/v1/chat/completions',
        format: 'openai.chat',
        model: 'm',
        stream: false,
        body: await bodyOf(),
      },
    })
    await sleep(random.delay(80))
    await recording.event(eventTypes.responseCompleted, {
      decision,
      provider: 'mock',
      status: 200,
      stream: false,
      attempts: [],
      timing: { durationMs: 1 },
      body: await bodyOf(),
    })
  }

  async function client(): Promise<void> {
    while (!isClosing) {
      await sleep(random.delay(settings.pauseMs))
      if (isClosing || !settings.isOpen()) continue
      busy++
      // A refused exchange is the promise kept: what is not recorded does not happen.
      const id = uuidv7()
      await exchange(id).catch(() => ledger.unfinished.add(id))
      busy--
    }
  }
  for (let index = 0; index < settings.clients; index++) void client()

  return {
    journal: opened,
    shipper,
    busy: () => busy,
    async close() {
      isClosing = true
      while (busy > 0) await sleep(20)
      await facts.close()
      await opened.close()
      await shipper.drain(5_000)
      await shipper.close()
    },
  }
}
