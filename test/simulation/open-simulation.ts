import { ensureRole, migrate, openDatabase } from '@airs-cp/postgres'
import { schemas } from '../../infra/setup/setup.ts'
import { startPostgres } from '../support/start-postgres.ts'
import { connectClient } from './postgres-server.ts'
import { type Outcome, runScenario } from './scenario.ts'

export type Simulation = AsyncDisposable & {
  run(seed: string, options?: { onTrace?: ((line: string) => void) | undefined }): Promise<Outcome>
}

/**
 * A Postgres with the schema of the event store, in which one scenario at a time runs.
 * @param url of one that `prepareDatabase` has prepared; without it, a server of its own is started.
 */
export async function openSimulation(url?: string): Promise<Simulation> {
  await using stack = new AsyncDisposableStack()
  const server = url === undefined ? stack.use(await startPostgres()) : undefined
  if (server) await prepareDatabase(server.url)
  const client = await connectClient(url ?? server!.url)
  stack.defer(() => client.end())
  const moved = stack.move()
  return {
    run: (seed, options) => runScenario(seed, client, options),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

/** Brings an empty database to the schema that the services expect. */
export async function prepareDatabase(url: string): Promise<void> {
  const database = openDatabase<unknown>({ url, name: 'simulation', isPatient: true })
  for (const { role } of schemas) await ensureRole(database, role, 'simulated')
  for (const definition of schemas) await migrate(database, definition)
  await database.destroy()
}
