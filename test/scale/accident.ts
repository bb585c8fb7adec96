import { setTimeout as sleep } from 'node:timers/promises'
import { recoveryOf } from '../fault/recovery.ts'
import { within } from '../fault/world.ts'
import type { World } from './world.ts'

/** What an accident showed. `problems` says what must not be. */
export type Found = { said: string; problems: string[] }

export type Accident = {
  name: string
  strike: (world: World) => Promise<Found>
}

export type AccidentResult = Found & {
  name: string
  /** Of the load, while it lasted. */
  finished: number
  unfinished: number
  /** Seconds from its end until an exchange was in the event store and in lineage. */
  recoveryS: number | undefined
  tookS: number
}

export const patienceMs = 60_000

/** Lets something happen under load, and waits until exchanges come to where they belong again. */
export async function runAccident(world: World, accident: Accident): Promise<AccidentResult> {
  const beganAtMs = Date.now()
  const found = await accident
    .strike(world)
    .catch((error: Error) => ({ said: '', problems: [error.message] }))
  const mendedAtMs = Date.now()
  const recoveryS = await recoveryOf(world, mendedAtMs)
  const problems = [...found.problems]
  if (recoveryS === undefined) problems.push('did not recover')
  const meanwhile = [...world.load.log.values()].filter(({ startedAtMs }) => startedAtMs >= beganAtMs)
  const finished = meanwhile.filter(({ end }) => end === 'finished').length
  if (finished === 0) problems.push('no exchange was finished meanwhile')
  return {
    name: accident.name,
    said: found.said,
    problems,
    finished,
    unfinished: meanwhile.length - finished,
    recoveryS,
    tookS: (Date.now() - beganAtMs) / 1_000,
  }
}

/** Seconds until `/readyz` of a member is as expected; undefined when it takes longer than `limitMs`. */
export async function secondsUntil(
  world: World,
  name: string,
  expected: (status: number | undefined, body: string) => boolean,
  limitMs = patienceMs,
): Promise<number | undefined> {
  const beganMs = performance.now()
  const isSo = await within(limitMs, async () => {
    const { status, body } = await world.deployment.ask(name, 5_000)
    return expected(status, body)
  })
  return isSo ? (performance.now() - beganMs) / 1_000 : undefined
}

export const isReady = (status: number | undefined) => status === 200
export const isUnready = (status: number | undefined) => status === 503
export const isStandby = (status: number | undefined, body: string) =>
  status === 503 && body.includes('"standby"')

export const seconds = (value: number | undefined) =>
  value === undefined ? 'never' : `${value.toFixed(1)} s`

/** Kills a member, and waits until it is there again: the supervisor starts another. */
export async function killMember({ deployment }: World, name: string): Promise<void> {
  const process = deployment.process(name)
  const { pid } = process
  process.kill('SIGKILL')
  if (!(await within(patienceMs, () => process.pid !== undefined && process.pid !== pid)))
    throw new Error(`${name} was not started again`)
}

export const pause = sleep
