import { join } from 'node:path'
import { type Stack as LocalStack, startStack as startLocalStack } from '../../infra/local/stack.ts'
import { readSetupConfig } from '../../infra/setup/config.ts'
import { setUp } from '../../infra/setup/setup.ts'
import { watchSettling } from './settled.ts'
import { emptyClusters } from './start-postgres.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

export type Stack = LocalStack & {
  /** Resolves when everything that is recorded so far is applied by audit, policy and lineage. */
  settled: () => Promise<void>
}

export type TestStackOptions = {
  /** Default: a folder of its own, which `stop()` removes. */
  dataDir?: string
  /** Added to our environment. Default provider: the mock. */
  env?: NodeJS.ProcessEnv
  /**
   * Services that run in processes of their own, because the test kills or starts them; the others share one. `all` is how
   * a laptop runs them.
   */
  apart?: 'all' | readonly string[]
}

/**
 * A whole stack on free ports with real Postgres and NATS. Its data are for this test alone: nothing of Postgres is
 * flushed.
 */
export async function startStack({ dataDir, env = {}, apart = [] }: TestStackOptions = {}): Promise<Stack> {
  const directory = dataDir === undefined ? makeTemporaryDirectory() : undefined
  try {
    const stack = await startLocalStack({
      dataDir: dataDir ?? directory!.path,
      ports: 'free',
      env: { ...process.env, AIRS_PROVIDER: 'mock', ...env },
      emptyPostgres: emptyClusters,
      setup: (env) => setUp(readSetupConfig(env)),
      ...(apart !== 'all' && { together: { entry: join(import.meta.dirname, 'services.ts'), apart } }),
    })
    let watching: ReturnType<typeof watchSettling> | undefined
    return {
      ...stack,
      async settled() {
        watching ??= watchSettling(stack)
        await (await watching).settled()
      },
      async stop() {
        await watching?.then(({ close }) => close())
        const killed = await stack.stop()
        directory?.remove()
        return killed
      },
    }
  } catch (error) {
    directory?.remove()
    throw error
  }
}
