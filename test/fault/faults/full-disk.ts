import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { steady } from '../load.ts'
import { checkRecovered, checkRefusals } from '../refusals.ts'
import { mountTmpfs, whyNoTmpfs } from '../tmpfs.ts'
import { withIngress } from '../with-ingress.ts'

const diskBytes = 24 * 1024 * 1024

/** Something else fills the disk that the journal is on, and goes away again. */
export const fillDisk: Fault = {
  name: 'disk full',
  rounds: { short: 1, long: 5 },
  ends: ['ingress'],
  skip: whyNoTmpfs,
  async strike(world) {
    const disk = mountTmpfs(diskBytes)
    try {
      const settings = { AIRS_DATA_DIR: disk.path, AIRS_JOURNAL_LIMIT_BYTES: String(diskBytes) }
      return await withIngress(world, settings, async () => {
        world.load.run({ ...steady, clients: 16, pauseMs: 20 })
        await sleep(world.random.between(300, 1_000))
        const file = join(disk.path, 'something-else')
        fill(file)
        const problems = await checkRefusals(world)
        const mendedAtMs = Date.now()
        rmSync(file)
        problems.push(...(await checkRecovered(world)))
        return { mendedAtMs, problems }
      })
    } finally {
      disk.remove()
    }
  },
}

function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  const block = Buffer.alloc(64 * 1024, 1)
  try {
    for (;;) writeSync(descriptor, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(descriptor)
  }
}
