import { join } from 'node:path'
import { type NatsUser, startNats as startServer } from '../../infra/local/nats.ts'
import type { Supervised } from '../../infra/local/supervised.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

export type TestNats = {
  /** Logs in as a user that may do everything. */
  url: string
  urlFor: (user: string, password: string) => string
  /** Where JetStream keeps its streams. */
  storeDirectory: string
  process: Supervised
  /** Resolves when it accepts connections again, such as after a kill. */
  ready: () => Promise<void>
  stop: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * A real nats-server with JetStream on a free port with a store of its own, which `stop()` removes.
 * @param users beside the one that may do everything.
 */
export async function startNats(
  users: readonly NatsUser[] = [],
  { maxStoreBytes }: { maxStoreBytes?: number } = {},
): Promise<TestNats> {
  const directory = makeTemporaryDirectory()
  const administrator = { user: 'test', password: 'test' }
  const server = await startServer({
    directory: join(directory.path, 'nats'),
    logPath: join(directory.path, 'nats.log'),
    users: [administrator, ...users],
    maxStoreBytes,
    report: () => {},
  })
  const stop = async () => {
    await server.process.stop()
    directory.remove()
  }
  try {
    await server.ready()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: server.urlFor(administrator.user, administrator.password),
    urlFor: server.urlFor,
    storeDirectory: server.storeDirectory,
    process: server.process,
    ready: () => server.ready(),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
