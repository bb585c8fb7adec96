import { join } from 'node:path'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts'
import { type Child, startChild } from './child.ts'
import { type Cores, findCores, moveTo } from './cores.ts'

/** What a bench begins with: `stack` takes what is to be stopped, also where a signal ends it. */
export function prepare(stack: AsyncDisposableStack): {
  directory: TemporaryDirectory
  /** This process and what it starts run beside the gateway. */
  cores: Cores | undefined
  /** Starts a file of this folder's parent. */
  start: (file: string, ...args: string[]) => Promise<Child>
} {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stack.disposeAsync().then(() => process.exit(130)))
  const directory = makeTemporaryDirectory()
  stack.defer(() => directory.remove())
  const cores = findCores(directory.path)
  if (cores) moveTo(cores.others, process.pid)
  const start = async (file: string, ...args: string[]) => {
    const child = await startChild({
      args: [join(import.meta.dirname, '..', file), ...args],
      env: process.env,
      logPath: join(directory.path, `${file.replaceAll('/', '-')}.log`),
    })
    stack.defer(() => child.stop())
    return child
  }
  return { directory, cores, start }
}
