import { patienceMs } from './patience.ts'
import { settle } from './settle.ts'
import { type World, within } from './world.ts'

export async function isReady({ stack }: World): Promise<boolean> {
  const response = await fetch(`${stack.urls.ingress}/readyz`, { signal: AbortSignal.timeout(10_000) })
  await response.arrayBuffer()
  return response.ok
}

/**
 * Runs `work` with an ingress of other settings; before and after, everything that the ingress at hand has is
 * confirmed, because its journal may be elsewhere then.
 */
export async function withIngress<Result>(
  world: World,
  changes: Record<string, string>,
  work: () => Promise<Result>,
  { isReadyAtFirst = true } = {},
): Promise<Result> {
  const { env } = world.stack.process('ingress').command
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, env[name]]))
  const dataDir = world.ingressDataDir
  await restart(world, changes, changes.AIRS_DATA_DIR ?? dataDir, isReadyAtFirst)
  try {
    return await work()
  } finally {
    await restart(world, before, dataDir, true)
  }
}

async function restart(
  world: World,
  changes: NodeJS.ProcessEnv,
  dataDir: string,
  waits: boolean,
): Promise<void> {
  const ingress = world.stack.process('ingress')
  await settle(world, Number.POSITIVE_INFINITY, true)
  await ingress.stop(20_000)
  Object.assign(ingress.command.env, changes)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) delete ingress.command.env[name]
  world.ingressDataDir = dataDir
  await ingress.start()
  if (waits && !(await within(patienceMs, () => isReady(world))))
    throw new Error('The ingress did not become ready with other settings')
}
