import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts'
import type { Fault } from '../fault.ts'
import { steady } from '../load.ts'
import { checkRecovered, checkRefusals } from '../refusals.ts'
import { mountTmpfs, whyNoTmpfs } from '../tmpfs.ts'
import { withIngress } from '../with-ingress.ts'

type Place = { path: string; open: () => void; remove: () => void }

/** The ingress finds its directory read-only when it starts; it serves as soon as that is put right. */
export const readOnly: Fault = {
  name: 'read-only directory',
  rounds: { short: 1, long: 3 },
  ends: ['ingress'],
  skip: () => (process.getuid?.() === 0 ? whyNoTmpfs() : undefined),
  async strike(world) {
    const place = process.getuid?.() === 0 ? readOnlyDisk() : readOnlyDirectory()
    try {
      const work = async () => {
        world.load.run(steady)
        const problems = await checkRefusals(world)
        const mendedAtMs = Date.now()
        place.open()
        problems.push(...(await checkRecovered(world)))
        return { mendedAtMs, problems }
      }
      return await withIngress(world, { AIRS_DATA_DIR: place.path }, work, { isReadyAtFirst: false })
    } finally {
      place.remove()
    }
  },
}

/** Root writes where it likes, except to a disk that is mounted read-only. */
function readOnlyDisk(): Place {
  const disk = mountTmpfs(64 * 1024 * 1024)
  disk.remount('ro')
  return { path: disk.path, open: () => disk.remount('rw'), remove: disk.remove }
}

function readOnlyDirectory(): Place {
  const { path, remove } = makeTemporaryDirectory()
  const journal = join(path, 'ingress', 'journal')
  mkdirSync(journal, { recursive: true })
  chmodSync(journal, 0o500)
  return { path, open: () => chmodSync(journal, 0o700), remove }
}
