import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { patienceMs } from '../patience.ts'
import { type World, within } from '../world.ts'

/** NATS falls silent: connections stay, and nobody answers. Traffic must go on. */
export const silenceNats: Fault = {
  name: 'NATS silent',
  rounds: { short: 1, long: 3 },
  ends: [],
  async strike(world) {
    const { process } = world.stack.nats!
    const cutAtMs = Date.now()
    process.kill('SIGSTOP')
    const problems = await wentOn(world, cutAtMs)
    process.kill('SIGCONT')
    return { mendedAtMs: Date.now(), problems }
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
    const problems = await wentOn(world, cutAtMs)
    const mendedAtMs = Date.now()
    await process.start()
    return { mendedAtMs, problems }
  },
}

/** Resolves after the time of the cut, and not before an exchange was begun and finished in it. */
async function wentOn({ load, options }: World, sinceMs: number): Promise<string[]> {
  await sleep(options.cutS * 1_000)
  const isFinished = () =>
    [...load.log.values()].some(({ startedAtMs, end }) => startedAtMs > sinceMs && end === 'finished')
  return (await within(patienceMs, isFinished)) ? [] : ['no exchange was finished while NATS was down']
}
