import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts'
import type { Fault } from '../fault.ts'
import { steady } from '../load.ts'
import { checkRecovered, checkRefusals } from '../refusals.ts'
import { withIngress } from '../with-ingress.ts'

/** What only the ingress has is not recorded in this mode, and what is not recorded is refused. */
export const unreplicated: Fault = {
  name: 'replicated without NATS',
  rounds: { short: 1, long: 3 },
  ends: ['nats', 'ingress'],
  strike: (world) =>
    withIngress(world, { AIRS_RECORDING: 'replicated' }, async () => {
      const { process } = world.stack.nats!
      world.load.run(steady)
      await sleep(world.random.between(300, 1_500))
      await process.stop()
      const problems = await checkRefusals(world)
      const mendedAtMs = Date.now()
      await process.start()
      problems.push(...(await checkRecovered(world)))
      return { mendedAtMs, problems }
    }),
}

/** An ingress dies and its disk with it: what its clients saw finish is in JetStream. */
export const loseIngressDisk: Fault = {
  name: 'replicated, disk lost',
  rounds: { short: 1, long: 20 },
  ends: ['ingress'],
  async strike(world) {
    const directory = makeTemporaryDirectory()
    const settings = { AIRS_RECORDING: 'replicated', AIRS_DATA_DIR: directory.path }
    try {
      return await withIngress(world, settings, async () => {
        const ingress = world.stack.process('ingress')
        const { stopSignal } = ingress.command
        world.load.run(steady)
        await sleep(world.random.between(1_000, 2_500))
        ingress.command.stopSignal = 'SIGKILL'
        await ingress.stop()
        ingress.command.stopSignal = stopSignal
        rmSync(join(directory.path, 'ingress', 'journal'), { recursive: true })
        const mendedAtMs = Date.now()
        await ingress.start()
        return { mendedAtMs, problems: await checkRecovered(world) }
      })
    } finally {
      directory.remove()
    }
  },
}
