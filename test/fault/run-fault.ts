import { setTimeout as sleep } from 'node:timers/promises'
import { checkExport } from './check-export.ts'
import type { Fault } from './fault.ts'
import { steady } from './load.ts'
import { patienceMs } from './patience.ts'
import { recoveryOf } from './recovery.ts'
import { settle } from './settle.ts'
import type { Verdict } from './verify.ts'
import type { World } from './world.ts'

export type Result = Verdict & { name: string; rounds: number; recoveriesS: number[]; tookS: number }

/** Strikes as often as asked, each time at a random moment of steady load, and then compares everything. */
export async function runFault(world: World, fault: Fault): Promise<Result> {
  const startedAtMs = Date.now()
  const problems: string[] = []
  const recoveriesS: number[] = []
  const { long, rounds = long ? fault.rounds.long : fault.rounds.short } = world.options
  for (let round = 0; round < rounds; round++) {
    const watch = watchOthers(world, fault.ends)
    world.load.run(steady)
    await sleep(world.random.between(300, 1_500))
    const strike = await fault.strike(world)
    problems.push(...(strike.problems ?? []))
    const servedS = await recoveryOf(world, strike.mendedAtMs)
    if (servedS === undefined) problems.push(`did not recover within ${patienceMs / 1_000} s`)
    else recoveriesS.push(strike.recoveryS ?? servedS)
    problems.push(...watch())
  }
  const verdict = await settle(world, startedAtMs, fault.isExempt)
  if (fault.isExempt) exemptSince(world, startedAtMs)
  problems.push(...(await checkExport(world, startedAtMs)))
  return {
    ...verdict,
    problems: [...verdict.problems, ...problems],
    name: fault.name,
    rounds,
    recoveriesS,
    tookS: (Date.now() - startedAtMs) / 1_000,
  }
}

/** Notices processes that ended though nobody struck them. */
function watchOthers({ stack }: World, ends: readonly string[]): () => string[] {
  const others = [...Object.keys(stack.urls), 'export-worker', 'nats', 'postgres'].filter(
    (name) => !ends.includes(name),
  )
  const before = others.map((name) => stack.process(name).pid)
  return () =>
    others.flatMap((name, index) =>
      stack.process(name).pid === before[index] ? [] : [`${name} crashed and was started again`],
    )
}

function exemptSince({ load, exempt }: World, sinceMs: number): void {
  for (const { marker, startedAtMs } of load.log.values()) if (startedAtMs >= sinceMs) exempt.add(marker)
}
