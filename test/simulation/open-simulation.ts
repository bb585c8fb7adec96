import { ensureRole, migrate, openDatabase } from '@airs-cp/postgres'
import { schemas } from '../../infra/setup/setup.ts'
import { startPostgres } from '../support/start-postgres.ts'
import { connectClient } from './postgres-server.ts'
import { type Outcome, runScenario } from './scenario.ts'

export type Simulation = AsyncDisposable & {
  run(seed: string, options?: { onTrace?: ((line: string) => void) | undefined }): Promise<Outcome>
}

/** A Postgres with the schema of the event store, in which one scenario at a time runs. */
export async function openSimulation(): Promise<Simulation> {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await startPostgres())
  const database = openDatabase<unknown>({ url, name: 'simulation', isPatient: true })
  for (const { role } of schemas) await ensureRole(database, role, 'simulated')
  for (const definition of schemas) await migrate(database, definition)
  await database.destroy()
  const client = await connectClient(url)
  stack.defer(() => client.end())
  const moved = stack.move()
  return {
    run: (seed, options) => runScenario(seed, client, options),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}
