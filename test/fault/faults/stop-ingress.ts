import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { steady } from '../load.ts'
import { patienceMs } from '../patience.ts'
import { isReady } from '../with-ingress.ts'
import { type World, within } from '../world.ts'

const drainLimitMs = 60_000
/** Of the ingress that is asked to stop; below the limit of ours. */
const AIRS_DRAIN_TIMEOUT_MS = '40000'
/** An unanswered request is younger than this where a busy machine may not have let it connect. */
const connectingMs = 1_000

/** An ingress that is asked to stop finishes what it has begun, ships what it recorded, and exits with 0. */
export const stopIngress: Fault = {
  name: 'SIGTERM ingress',
  rounds: { short: 2, long: 20 },
  ends: ['ingress'],
  async strike(world) {
    const supervised = world.stack.process('ingress')
    await world.load.pause()
    await supervised.stop(drainLimitMs)
    const problems = await stopUnderLoad(world)
    const mendedAtMs = Date.now()
    await supervised.start()
    return { mendedAtMs, problems }
  },
}

async function stopUnderLoad(world: World): Promise<string[]> {
  const { file, args, env, cwd, logPath } = world.stack.process('ingress').command
  const log = openSync(logPath, 'a')
  const ingress = spawn(file, args, {
    env: { ...env, AIRS_DRAIN_TIMEOUT_MS },
    cwd,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const exited = once(ingress, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  if (!(await within(patienceMs, () => isReady(world)))) {
    ingress.kill('SIGKILL')
    await exited
    return ['an ingress of our own did not become ready']
  }
  world.load.run(steady)
  await sleep(world.random.between(1_000, 2_000))
  const stoppedAtMs = Date.now()
  ingress.kill('SIGTERM')
  const timer = setTimeout(() => ingress.kill('SIGKILL'), drainLimitMs)
  const [code, signal] = await exited
  clearTimeout(timer)
  const tookMs = Date.now() - stoppedAtMs
  await world.load.pause()
  return [
    ...(code === 0 ? [] : [`the ingress ended with ${code ?? signal} after ${tookMs} ms`]),
    ...interrupted(world, stoppedAtMs),
  ]
}

/** Exchanges that were under way, and that their clients did not see finish. */
function interrupted({ load, upstream }: World, stoppedAtMs: number): string[] {
  return [...load.log.values()]
    .filter(
      ({ marker, end, endedAtMs, startedAtMs }) =>
        endedAtMs >= stoppedAtMs &&
        (end === 'cut' ||
          (end === 'unanswered' && (upstream.asked.has(marker) || startedAtMs < stoppedAtMs - connectingMs))),
    )
    .map(
      ({ marker, end, exchange, startedAtMs }) =>
        `exchange ${exchange ?? marker}, begun ${stoppedAtMs - startedAtMs} ms before SIGTERM, was ${end}`,
    )
    .slice(0, 5)
}
