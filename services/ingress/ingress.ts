import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Bus, connectBus } from '@airs-cp/bus'
import { type DamageReport, type JournalReport, type JournalState, openJournal } from '@airs-cp/journal'
import { estimateTokens, readTokenVocabularies } from '@airs-cp/providers'
import {
  createMetrics,
  endProcess,
  type Logger,
  listen,
  logTrouble,
  type ReadinessCheck,
  type Running,
  readiness,
  running,
} from '@airs-cp/runtime'
import { createKeptResponseStore } from './admission/kept-response-store.ts'
import { createKeptResponses } from './admission/kept-responses.ts'
import { probeResponse } from './admission/probes.ts'
import { createRoom } from './admission/room.ts'
import type { IngressConfig } from './config.ts'
import { controlNotes } from './controls/control-notes.ts'
import { type Controls, followControls } from './controls/follow-controls.ts'
import { coverOfUnjudged } from './decision/cover-content.ts'
import { openSecondStage, secondStageNotes } from './decision/second-stage.ts'
import { createMcpGateway, isMcpPath } from './mcp/gateway.ts'
import { createResourceMetadata } from './mcp/resource-metadata.ts'
import { describeMcpServers, openMcpServers } from './mcp/servers.ts'
import { openToolPins } from './mcp/tool-pins.ts'
import { createPipeline } from './pipeline.ts'
import { claimName } from './recording/claim-name.ts'
import { nameInstance } from './recording/instance.ts'
import { startRecordingFacts } from './recording/record-facts.ts'
import { createRecorder } from './recording/recorder.ts'
import { checkBaseUrls } from './routing/check-base-urls.ts'
import { describeUpstreams } from './routing/describe-upstreams.ts'
import { openProviders } from './routing/providers.ts'
import { logReports } from './shipping/log-reports.ts'
import { type ShipperReport, startShipper } from './shipping/shipper.ts'
import { createIngressMetrics } from './telemetry/metrics.ts'
import { leftJournals } from './workers/left-journals.ts'
import { createReports, type Reports } from './workers/reports.ts'

const drainShipperMs = 5_000

/** The data plane: takes the apps' requests, decides, records, forwards. Starts and works without NATS. */
export async function startIngress(config: IngressConfig, log: Logger): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const metrics = createMetrics('ingress')
  const ingressMetrics = createIngressMetrics(metrics, config.formerTelemetryNames)
  const damages: DamageReport[] = []
  const logReport = logReports(log)
  const purges = new Map<string, number>()
  const noteReport = (report: JournalReport | ShipperReport) => {
    logReport(report)
    if (report.kind === 'damage') damages.push(report)
    if (report.kind === 'lock-lost') endProcess(new Error(report.message))
    if (report.kind === 'purge-asked') purges.set(report.journal, report.sequence)
  }
  await claimName(config.nameFile, config.ingress)
  const instance = nameInstance(config.instanceFile, config.ingress)
  const journal = stack.use(
    await openJournal({
      directory: config.journalDirectory,
      limitBytes: config.journalLimitBytes,
      beforeFirstEpoch: instance.announce,
      onSync: ingressMetrics.onSync,
      onReport: noteReport,
    }),
  )
  ingressMetrics.observeJournal(journal)
  const shipper = stack.use(
    startShipper({
      journal,
      natsUrl: config.natsUrl,
      ingress: config.ingress,
      replicated: config.recording === 'replicated',
      onReport: noteReport,
    }),
  )
  ingressMetrics.observeShipper(shipper)
  if (config.ownDirectory === config.directory)
    for (const directory of await leftJournals(config.directory, config.workers))
      stack.use(await shipLeftJournal(directory, config, noteReport))
  stack.defer(async () => {
    // What the journal writes last is shipped too.
    await journal.close()
    await shipper.drain(drainShipperMs)
  })
  const closing = new AbortController()
  const connecting = connectBus({
    url: config.natsUrl,
    name: 'ingress',
    waitMs: Number.POSITIVE_INFINITY,
    signal: closing.signal,
  })
  stack.defer(() => {
    closing.abort()
    void connecting.then((bus) => bus.close())
  })
  let bus: Bus | undefined
  void connecting.then((connected) => {
    bus = connected
  })
  const keptResponses = createKeptResponses(
    createKeptResponseStore(() => bus, logTrouble(log, 'cannot look up or note whose a kept response is')),
  )
  const controls = await followControls(connecting, config, log)
  stack.defer(() => controls.close())
  ingressMetrics.observeControls(controls)
  const providers = stack.adopt(await openProviders(config, log), (providers) => providers.close())
  const configured = config.checkedProviders.map((name) => providers.find(name)!)
  const addresses = stack.use(checkBaseUrls(configured, log))
  await readVocabularies()
  const recorder = createRecorder({
    journal,
    mode: config.recording,
    source: instance.source,
    tenant: config.tenant,
    replicated: (id, sequence) => shipper.waitForAck(id, sequence),
    digestKey: config.fingerprintKey,
    coverOfUnjudged: ({ key }) => {
      const isStranger = key === undefined && Boolean(controls.keys.current()?.count)
      return coverOfUnjudged(config.recordContent, controls.policies.current(), isStranger)
    },
  })
  stack.use(
    startRecordingFacts({
      recorder,
      journal,
      instance,
      damages,
      purges,
      controls,
      configuration: {
        upstreams: describeUpstreams(config),
        settings: config.settings,
        mcpServers: describeMcpServers(config.mcp),
      },
      log,
    }),
  )
  const secondStage = config.secondStageModel && stack.use(openSecondStage(config.secondStageModel, log))
  if (secondStage) ingressMetrics.observeSecondStage(secondStage)
  const room = createRoom(config)
  const handle = createPipeline({
    ...config,
    room,
    instanceId: instance.id,
    providers,
    controls,
    keptResponses,
    recorder,
    secondStage: { stage: secondStage, waitMs: config.secondStageWaitMs },
    metrics: ingressMetrics,
    log,
  })
  const servers = stack.adopt(openMcpServers(config.mcp, config), (servers) => servers.close())
  const handleMcp = createMcpGateway({
    ...config,
    room,
    instanceId: instance.id,
    servers,
    pins: await openToolPins(config, recorder, controls.tools.current),
    controls,
    recorder,
    metrics: ingressMetrics,
    log,
  })
  const serveMetadata = createResourceMetadata(config.mcp)
  const checks = {
    ...readinessChecks(() => journal.state(), controls),
    ...(config.recording === 'replicated' && { replication: () => shipper.obstacle() }),
  }
  const notes = {
    ...controlNotes(controls),
    providers: () => addresses.note(),
    fileSystem: () => journal.state().doubt,
    ...secondStageNotes(secondStage, controls),
  }
  const serveProbe = createProbes(
    createReports({ metrics: metrics.text, readiness: () => readiness(checks, notes) }),
  )
  let draining = false
  const server = await listen((request, response) => {
    if (draining) response.setHeader('connection', 'close')
    if (serveMetadata(request, response) || serveProbe(request, response)) return
    const way = isMcpPath(request.url ?? '/') ? handleMcp : handle
    way(request, response).catch((err) => {
      log.error({ err }, 'pipeline failed')
      response.destroy()
    })
  }, config)
  stack.defer(() => {
    draining = true
    return server.close(config.drainTimeoutMs)
  })
  return running(stack)
}

/** Ships what a worker had recorded that there is no longer. */
async function shipLeftJournal(
  directory: string,
  { journalLimitBytes, natsUrl, ingress }: IngressConfig,
  onReport: (report: JournalReport | ShipperReport) => void,
): Promise<AsyncDisposable> {
  const journal = await openJournal({ directory, limitBytes: journalLimitBytes, onReport })
  const shipper = startShipper({ journal, natsUrl, ingress, onReport })
  return {
    async [Symbol.asyncDispose]() {
      await journal.close()
      await shipper.close()
    },
  }
}

function readinessChecks(journal: () => JournalState, controls: Controls): Record<string, ReadinessCheck> {
  return {
    journal: () => {
      const { available, message, reason } = journal()
      return available ? undefined : (message ?? reason)
    },
    policy: () =>
      controls.policies.current()
        ? undefined
        : 'no policy set has been received yet; is the policy service up?',
    controls: () =>
      controls.keys.current() && controls.quarantine.current()
        ? undefined
        : 'client keys or quarantine have not been received yet; is the policy service up?',
  }
}

/** Before there is traffic: reading them takes as long as many exchanges. */
async function readVocabularies(): Promise<void> {
  estimateTokens([' '])
  await readTokenVocabularies()
}

/** Serves `/healthz`, `/readyz`, `/metrics` and whatever else is no exchange; false for everything that is one. */
function createProbes(reports: Reports) {
  return ({ method = 'GET', url = '/', headers }: IncomingMessage, response: ServerResponse): boolean => {
    const [path = '/'] = url.split('?', 1)
    const send = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    if (path === '/healthz') send(200, 'application/json', '{"status":"ok"}')
    else if (path === '/readyz')
      void reports
        .readiness()
        .then((result) => send(result.ready ? 200 : 503, 'application/json', JSON.stringify(result)))
    else if (path === '/metrics')
      void reports.metrics().then((text) => send(200, 'text/plain; version=0.0.4', text))
    else {
      const probe = probeResponse({ method, path, headers })
      if (!probe) return false
      for (const [name, value] of Object.entries(probe.headers ?? {})) response.setHeader(name, value)
      if (probe.body) send(probe.status, 'application/json', JSON.stringify(probe.body))
      else response.writeHead(probe.status).end()
    }
    return true
  }
}
