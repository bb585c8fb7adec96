import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compareExport } from '../check-export.ts'
import { requestExport, waitForExport } from '../control-api.ts'
import type { Fault } from '../fault.ts'
import { patienceMs } from '../patience.ts'
import { readRecorded } from '../read-recorded.ts'
import type { World } from '../world.ts'

const attempts = 5

/** The worker is gone while it writes; the job stalls, and the next worker takes it up. */
export const killExportWorker: Fault = {
  name: 'kill -9 export worker',
  rounds: { short: 1, long: 10 },
  ends: ['export-worker'],
  async strike(world) {
    const { stack } = world
    for (let attempt = 0; attempt < attempts; attempt++) {
      const id = await requestExport(world)
      if (!(await isBeingWritten(world, id))) continue
      const mendedAtMs = Date.now()
      stack.process('export-worker').kill('SIGKILL')
      await waitForExport(world, id)
      const recoveryS = (Date.now() - mendedAtMs) / 1_000
      await readRecorded(world)
      const problems = await compareExport(world, id, Number.POSITIVE_INFINITY)
      return { mendedAtMs, recoveryS, problems }
    }
    return { mendedAtMs: Date.now(), problems: [`no export of ${attempts} could be caught in the middle`] }
  },
}

async function isBeingWritten({ stack }: World, id: string): Promise<boolean> {
  const file = join(stack.dataDir, 'exports', `${id}.jsonl`)
  const unfinished = `${file}.rows`
  // A fast machine writes it in less time than others wait between two looks.
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(2))
    if (existsSync(unfinished) || existsSync(file)) break
  return existsSync(unfinished)
}
