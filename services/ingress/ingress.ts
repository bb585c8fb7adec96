import type { ServerResponse } from 'node:http'
import { connectBus } from '@airs-cp/bus'
import { type DamageReport, type JournalReport, type JournalState, openJournal } from '@airs-cp/journal'
import { estimateTokens } from '@airs-cp/providers'
import {
  createMetrics,
  type Logger,
  listen,
  type Metrics,
  type ReadinessCheck,
  type Running,
  readiness,
} from '@airs-cp/runtime'
import { readClientKeys } from './admission/client-keys.ts'
import { readQuarantine } from './admission/quarantine.ts'
import type { IngressConfig } from './config.ts'
import { type ActivePolicy, followActivePolicy, policyNote } from './decision/active-policy.ts'
import { followPublished } from './decision/follow-published.ts'
import { createPipeline } from './pipeline.ts'
import { nameInstance } from './recording/instance.ts'
import { startRecordingFacts } from './recording/record-facts.ts'
import { createRecorder } from './recording/recorder.ts'
import { openProviders } from './routing/providers.ts'
import { type ShipperReport, startShipper } from './shipping/shipper.ts'
import { createIngressMetrics } from './telemetry/metrics.ts'

const drainShipperMs = 5_000

/** The data plane: takes the apps' requests, decides, records, forwards. Starts and works with NATS away. */
export async function startIngress(config: IngressConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('ingress')
  const ingressMetrics = createIngressMetrics(metrics)
  const damages: DamageReport[] = []
  const noteReport = (report: JournalReport | ShipperReport) => {
    const isFault = ['damage', 'torn-tail', 'epoch-sealed', 'publish-failed', 'unshippable', 'worker-failed']
    log[isFault.includes(report.kind) ? 'warn' : 'info']({ report }, report.kind)
    if (report.kind === 'damage') damages.push(report)
  }
  const journal = await openJournal({
    directory: config.journalDirectory,
    limitBytes: config.journalLimitBytes,
    onSync: ingressMetrics.onSync,
    onReport: noteReport,
  })
  ingressMetrics.observeJournal(journal)
  const shipper = startShipper({
    journal,
    natsUrl: config.natsUrl,
    replicated: config.recording === 'replicated',
    onReport: noteReport,
  })
  ingressMetrics.observeShipper(shipper)
  const connecting = connectBus({ url: config.natsUrl, name: 'ingress', waitMs: Number.POSITIVE_INFINITY })
  const policy = await followActivePolicy(connecting, config.policySetFile, log)
  ingressMetrics.observePolicy(policy)
  const clientKeys = await followPublished({
    connecting,
    key: 'keys',
    file: config.clientKeysFile,
    read: readClientKeys,
    log,
  })
  const quarantine = await followPublished({
    connecting,
    key: 'quarantine',
    file: config.quarantineFile,
    read: readQuarantine,
    log,
  })
  const providers = await openProviders(config)
  readVocabulary()
  const instance = await nameInstance(config.instanceFile)
  const recorder = createRecorder({
    journal,
    mode: config.recording,
    source: instance.source,
    tenant: config.tenant,
    replicated: (id, sequence) => shipper.waitForAck(id, sequence),
  })
  const facts = startRecordingFacts({ recorder, journal, instance, damages, policy, log })
  const handle = createPipeline({
    ...config,
    providers,
    policy,
    clientKeys,
    quarantine,
    recorder,
    metrics: ingressMetrics,
    log,
  })
  const answerProbe = createProbes(
    metrics,
    {
      ...readinessChecks(() => journal.state(), policy),
      ...(config.recording === 'replicated' && { replication: () => shipper.obstacle() }),
    },
    { policy: () => policyNote(policy) },
  )
  let draining = false
  const running = await listen((request, response) => {
    if (draining) response.setHeader('connection', 'close')
    if (answerProbe(request.url ?? '', response)) return
    handle(request, response).catch((err) => {
      log.error({ err }, 'pipeline failed')
      response.destroy()
    })
  }, config)
  return {
    async close() {
      draining = true
      await running.close(config.drainTimeoutMs)
      policy.close()
      clientKeys.close()
      quarantine.close()
      facts.close()
      await providers.close()
      await journal.close()
      await shipper.drain(drainShipperMs)
      await shipper.close()
      void connecting.then((bus) => bus.close())
    },
  }
}

function readinessChecks(journal: () => JournalState, policy: ActivePolicy): Record<string, ReadinessCheck> {
  return {
    journal: () => {
      const { available, message, reason } = journal()
      return available ? undefined : (message ?? reason)
    },
    policy: () =>
      policy.current() ? undefined : 'no policy set has been received yet; is the policy service up?',
  }
}

/** Before there is traffic: reading it takes as long as many exchanges. */
function readVocabulary(): void {
  estimateTokens([' '])
}

/** Answers `/healthz`, `/readyz` and `/metrics`; false for every other path. */
function createProbes(
  metrics: Metrics,
  checks: Record<string, ReadinessCheck>,
  notes: Record<string, () => string | undefined>,
) {
  return (path: string, response: ServerResponse): boolean => {
    const send = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    if (path === '/healthz') send(200, 'application/json', '{"status":"ok"}')
    else if (path === '/readyz')
      void readiness(checks, notes).then((result) =>
        send(result.ready ? 200 : 503, 'application/json', JSON.stringify(result)),
      )
    else if (path === '/metrics')
      void metrics.text().then((text) => send(200, 'text/plain; version=0.0.4', text))
    else return false
    return true
  }
}
