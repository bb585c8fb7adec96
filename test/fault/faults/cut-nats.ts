import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import type { World } from '../world.ts'

const cutMs = ({ options }: World) => (options.long ? 60_000 : 5_000)

/** NATS falls silent: connections stay, and nobody answers. Traffic must go on. */
export const silenceNats: Fault = {
  name: 'NATS silent',
  rounds: { short: 1, long: 3 },
  ends: [],
  async strike(world) {
    const { process } = world.stack.nats!
    const cutAtMs = Date.now()
    process.kill('SIGSTOP')
    await sleep(cutMs(world))
    process.kill('SIGCONT')
    return { mendedAtMs: Date.now(), problems: wentOn(world, cutAtMs) }
  },
}

/** NATS is stopped, and nobody can connect. Traffic must go on. */
export const stopNats: Fault = {
  name: 'NATS stopped',
  rounds: { short: 1, long: 3 },
  ends: ['nats'],
  async strike(world) {
    const { process } = world.stack.nats!
    await process.stop()
    const cutAtMs = Date.now()
    await sleep(cutMs(world))
    const problems = wentOn(world, cutAtMs)
    const mendedAtMs = Date.now()
    await process.start()
    return { mendedAtMs, problems }
  },
}

function wentOn({ load }: World, sinceMs: number): string[] {
  const finished = [...load.log.values()].filter(
    ({ startedAtMs, end }) => startedAtMs > sinceMs && end === 'finished',
  )
  return finished.length > 0 ? [] : ['no exchange was finished while NATS was away']
}
