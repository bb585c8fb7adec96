import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.ts'
import type { Costs } from './costs.ts'
import { ask, memoryLimitBytes, type World } from './world.ts'

export type Result = { attack: Attack; costs: Costs; recoveryS: number | undefined; problems: string[] }

const patienceS = 120
const mostAgain = 3

/**
 * Attacks, waits until a client with a key is served again, and reads what it cost.
 * @param longestBlockMs of CPU time that strangers and viewers may make any process compute at once. Clients with a key have other limits: they
 * pay.
 */
export async function runAttack(world: World, attack: Attack, longestBlockMs: number): Promise<Result> {
  await world.costs.reset()
  const pids = pidsOf(world)
  const problems = await attack.strike(world).catch((error: Error) => [`the attack failed: ${error.stack}`])
  const recoveryS = await recover(world)
  if (recoveryS === undefined) problems.push(`no client was served within ${patienceS} s after it`)
  await sleep(500)
  for (const [name, pid] of Object.entries(pidsOf(world)))
    if (pids[name] !== pid) problems.push(`${name} ended and was started again`)
  const isFree = attack.attacker === 'stranger' || attack.attacker === 'viewer'
  const costs = await world.costs.read()
  const isBlocked = () => Object.values(costs).some((cost) => cost.longestBlockMs > longestBlockMs)
  for (let again = 0; isFree && isBlocked() && again < mostAgain; again++)
    await keepShorterBlocks(world, attack, costs)
  for (const [name, cost] of Object.entries(costs)) {
    if (cost.peakBytes > memoryLimitBytes(name))
      problems.push(`${name} took ${mebibytes(cost.peakBytes)} MiB`)
    if (isFree && cost.longestBlockMs > longestBlockMs)
      problems.push(`${name} computed ${cost.longestBlockMs.toFixed(0)} ms at once`)
  }
  return { attack, costs, recoveryS, problems }
}

/** Strikes once more: what the attack makes a process compute is computed again, and a collection of garbage or late work is not. */
async function keepShorterBlocks(world: World, attack: Attack, costs: Costs): Promise<void> {
  await world.costs.reset()
  await attack.strike(world)
  await sleep(500)
  for (const [name, { longestBlockMs }] of Object.entries(await world.costs.read()))
    costs[name]!.longestBlockMs = Math.min(costs[name]!.longestBlockMs, longestBlockMs)
}

async function recover(world: World): Promise<number | undefined> {
  const began = performance.now()
  while (performance.now() - began < patienceS * 1_000) {
    const { status } = await world.chat(ask('after an attack')).catch(() => ({ status: 0 }))
    if (status === 200) return (performance.now() - began) / 1_000
    await sleep(50)
  }
  return undefined
}

function pidsOf({ stack }: World): Record<string, number | undefined> {
  return Object.fromEntries(
    [...Object.keys(stack.urls), 'export-worker', 'nats', 'postgres'].map((name) => [
      name,
      stack.process(name).pid,
    ]),
  )
}

export function mebibytes(bytes: number): string {
  return (bytes / 1_024 ** 2).toFixed(0)
}
