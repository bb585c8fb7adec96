import { setTimeout as sleep } from 'node:timers/promises'
import { patienceMs } from './patience.ts'
import { type Recorded, type Verdict, verify } from './verify.ts'

/**
 * Stops the load and looks until everything is as it must be, or until patience is at its end: then what is
 * missing is missing.
 */
export async function settle(world: Recorded, sinceMs: number, isExempt = false): Promise<Verdict> {
  await world.load.pause()
  const deadline = Date.now() + patienceMs
  for (;;) {
    const verdict = await verify(world, sinceMs, isExempt).catch(toVerdict)
    if (verdict.problems.length === 0 || Date.now() > deadline) return verdict
    await sleep(300)
  }
}

function toVerdict(error: unknown): Verdict {
  const problems = [`cannot be verified: ${error instanceof Error ? error.message : String(error)}`]
  const none = { exchanges: 0, finished: 0, lost: 0, duplicated: 0, abandoned: 0, open: 0, gaps: 0 }
  return { ...none, unaccounted: 1, problems }
}
