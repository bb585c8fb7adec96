import { readFile } from 'node:fs/promises'
import {
  connectBus,
  createDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { databaseCheck, openDatabase } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  createApi,
  createMetrics,
  type Logger,
  listen,
  type Running,
} from '@airs-cp/runtime'
import { createPolicyChanges, type PolicyChanges } from './change-policies.ts'
import type { PolicyConfig } from './config.ts'
import { findMode } from './policies.ts'
import { policyProjection } from './projection.ts'
import { startSetPublisher } from './publish-set.ts'
import { addPolicyRoutes } from './routes.ts'
import type { PolicyTables } from './tables.ts'

/** Policies, their versions and the mode; tells every ingress what is in force. */
export async function startPolicy(config: PolicyConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('policy')
  const bus = await connectBus({ url: config.natsUrl, name: 'policy' })
  const database = openDatabase<PolicyTables>({ url: config.databaseUrl, name: 'policy' })
  const publisher = startSetPublisher({
    bus,
    database,
    onProblem: (error) => log.warn({ err: error }, 'cannot publish the policy set'),
  })
  const projection = runProjection({
    bus,
    database,
    projection: policyProjection,
    onProblem: (problem, error) => log.warn({ err: error }, problem),
  })
  observeProjections(metrics.meter, { control: projection })
  const changes = createPolicyChanges({ bus, database, projection, publish: publisher.publish })
  const api = createApi({
    service: 'policy',
    tokens: [{ name: 'local', role: 'admin', token: config.token }],
    log,
    metrics,
    checks: { ...projectionChecks({ control: projection }), database: databaseCheck(database) },
  })
  addPolicyRoutes(api, database, changes)
  addDeadLetterRoutes(api, 'policy', createDeadLetters(database, 'policy', [policyProjection]))
  const server = await listen(api.app, config)
  if (!(await findMode(database))) await changes.setMode(config.initialMode, 'first start', 'AIRS_MODE')
  if (config.policyFile) await applyFile(changes, config.policyFile)
  await publisher.publish()
  return {
    async close() {
      await server.close()
      await projection.close()
      await publisher.close()
      await bus.drain()
      await database.destroy()
    },
  }
}

async function applyFile(changes: PolicyChanges, file: string): Promise<void> {
  try {
    await changes.apply(await readFile(file, 'utf8'), 'AIRS_POLICY_FILE')
  } catch (error) {
    throw new Error(`AIRS_POLICY_FILE ${file} cannot be applied: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
