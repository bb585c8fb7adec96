import { join } from 'node:path'
import { startPostgres as startServer } from '../../infra/local/postgres.ts'
import type { Supervised } from '../../infra/local/supervised.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

/** Empty clusters to copy, so that a test does not make its own. */
export const emptyClusters = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'postgres')

export type TestPostgres = {
  /** Logs in as superuser, into an empty database. */
  url: string
  urlFor: (role: string, password: string) => string
  process: Supervised
  stop: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** A real Postgres on a free port with data of its own, which `stop()` removes. Takes about a second. */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = makeTemporaryDirectory()
  const password = 'test'
  const server = await startServer({
    directory: join(directory.path, 'postgres'),
    logPath: join(directory.path, 'postgres.log'),
    password,
    durable: false,
    emptyClusters,
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
    url: server.urlFor('postgres', password),
    urlFor: server.urlFor,
    process: server.process,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
