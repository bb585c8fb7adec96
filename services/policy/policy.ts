import { readFile } from 'node:fs/promises'
import {
  connectBus,
  createDeadLetters,
  eraseDeadLetters,
  expireDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { type EventType, eventTypes } from '@airs-cp/events'
import { databaseCheck, openDatabase, pruneTables, runAlone, tableSizes } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  addServiceRoutes,
  createApi,
  createMetrics,
  createStandby,
  endProcess,
  keepTables,
  type Logger,
  listen,
  logRecoveries,
  logRecovery,
  logTrouble,
  type Running,
  running,
} from '@airs-cp/runtime'
import { startOutbox } from './alerts/outbox.ts'
import { queueAlerts } from './alerts/queue-alerts.ts'
import { addAlertRoutes } from './alerts/routes.ts'
import { startAlerts } from './alerts/start-alerts.ts'
import { addBacktestRoutes } from './backtests/routes.ts'
import { startBacktests } from './backtests/start-backtests.ts'
import { addAnomalyRoutes } from './conduct/routes.ts'
import type { PolicyConfig } from './config.ts'
import { createKeyChanges } from './keys/change-keys.ts'
import { addKeyRoutes } from './keys/routes.ts'
import { addMcpRoutes } from './mcp/routes.ts'
import { addModeRoutes } from './mode/routes.ts'
import { createActivations } from './policies/activations.ts'
import { createPolicyChanges, type PolicyChanges } from './policies/change-policies.ts'
import { findSetHead } from './policies/policies.ts'
import { createPolicyReader } from './policies/policy-reader.ts'
import { followRejections } from './policies/rejections.ts'
import { addPolicyRoutes } from './policies/routes.ts'
import { createProjections } from './projection.ts'
import { startPublisher } from './publishing/publisher.ts'
import { publishedSources } from './publishing/sources.ts'
import { addQuarantineRoutes } from './quarantine/routes.ts'
import { policySchema } from './schema.ts'
import type { PolicyTables } from './tables.ts'

const quarantining: ReadonlySet<EventType> = new Set([
  eventTypes.sessionQuarantined,
  eventTypes.callerQuarantined,
])

/** Policies, their versions and the mode; publishes to every ingress what is in force. */
export async function startPolicy(config: PolicyConfig, log: Logger, signal?: AbortSignal): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const metrics = createMetrics('policy')
  const standby = config.isStandby ? createStandby(config, log) : undefined
  stack.use(
    await runAlone({
      url: config.databaseUrl,
      name: 'policy',
      standby: standby?.wait,
      signal,
      onTaken: endProcess,
    }),
  )
  await standby?.takeOver()
  const database = stack.use(openDatabase<PolicyTables>({ url: config.databaseUrl, name: 'policy' }))
  const bus = stack.adopt(await connectBus({ url: config.natsUrl, name: 'policy' }), (bus) => bus.drain())
  const publishing = logTrouble(log, 'cannot publish what is in force; trying again')
  const publisher = startPublisher({
    bus,
    sources: publishedSources(database),
    onProblem: (cause, what) => publishing.failed(new Error(`This cannot be published: ${what}`, { cause })),
    onRecovery: publishing.worked,
  })
  stack.use(publisher)
  const activations = stack.use(createActivations(database))
  const outbox = startOutbox({
    bus,
    database,
    ...logRecovery(log, 'cannot record what was found out; trying again'),
  })
  stack.use(outbox)
  const defined = createProjections(
    config.alerts && { types: config.alerts.types, queue: queueAlerts(config.alerts) },
  )
  const alerts =
    config.alerts &&
    startAlerts(database, config.alerts, logRecovery(log, 'cannot send alerts; trying again'))
  stack.use(alerts)
  const reports = logRecoveries(log)
  const control = runProjection({
    bus,
    database,
    projection: defined.control,
    ...reports,
    onBatch(events) {
      alerts?.wake()
      if (events.some(({ type }) => quarantining.has(type)))
        publisher
          .publish('quarantine')
          .catch((err) => log.warn({ err }, 'cannot publish what is in quarantine; trying again'))
    },
  })
  const projections = {
    control,
    traffic: runProjection({
      bus,
      database,
      projection: defined.traffic,
      after: control.caughtUp(),
      ...reports,
      onBatch() {
        activations.wake()
        outbox.wake()
        alerts?.wake()
      },
    }),
  }
  stack.use(projections.control)
  stack.use(projections.traffic)
  observeProjections(metrics.meter, projections)
  const parts = { bus, database, projection: projections.control, publisher, activations }
  const backtests = stack.use(startBacktests({ bus, database, databaseUrl: config.databaseUrl, log }))
  // Who may only look does not hold up those who change something.
  const [looking, changing] = [stack.use(createPolicyReader()), stack.use(createPolicyReader())]
  const changes = createPolicyChanges({
    ...parts,
    reader: changing,
    requiresBacktest: config.requiresBacktest,
  })
  const keyChanges = createKeyChanges(parts)
  stack.use(
    keepTables({
      metrics,
      log,
      sizes: () => tableSizes(database, 'policy'),
      prune: async () =>
        (await pruneTables(database, policySchema)) +
        (await eraseDeadLetters(database, 'policy')) +
        (await expireDeadLetters(database, 'policy')),
    }),
  )
  const rejections = stack.use(followRejections(database))
  const api = createApi({
    service: 'policy',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks(projections), database: databaseCheck(database) },
    notes: { ingresses: rejections.note },
  })
  addPolicyRoutes(api, { database, changes, reader: looking })
  addModeRoutes(api, database, changes)
  addBacktestRoutes(api, { ...parts, backtests, reader: changing })
  addAnomalyRoutes(api, database)
  api.implement(contract.policy.caller, { 'GET /v1/caller': async ({ caller }) => caller })
  addAlertRoutes(api, database, config.alerts)
  addQuarantineRoutes(api, parts)
  addMcpRoutes(api, parts)
  addKeyRoutes(api, database, keyChanges)
  addDeadLetterRoutes(
    api,
    'policy',
    createDeadLetters(database, 'policy', [defined.control, defined.traffic]),
  )
  addServiceRoutes(api, 'policy', { projections, settings: config.settings })
  stack.use(await listen(api.app, config))
  // Its threads take seconds to end on a loaded machine: as long as requests under way may take.
  stack.defer(() => void backtests.close())
  if (!(await findSetHead(database)))
    await changes.setMode({ mode: config.initialMode, reason: 'first start', actor: 'AIRS_MODE' })
  if (config.policyFile) await applyFile(changes, config.policyFile)
  await publisher.publish('mode', 'policies', 'keys', 'quarantine', 'tools', 'spent')
  return running(stack)
}

async function applyFile(changes: PolicyChanges, file: string): Promise<void> {
  try {
    await changes.apply(await readFile(file, 'utf8'), { actor: 'AIRS_POLICY_FILE' })
  } catch (error) {
    throw new Error(`AIRS_POLICY_FILE ${file} cannot be applied: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
