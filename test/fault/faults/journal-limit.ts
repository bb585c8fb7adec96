import type { Fault } from '../fault.ts'
import { steady } from '../load.ts'
import { checkRecovered, checkRefusals } from '../refusals.ts'
import { withIngress } from '../with-ingress.ts'

/** NATS stays away until the journal is at its limit. */
export const reachLimit: Fault = {
  name: 'journal at its limit',
  rounds: { short: 1, long: 5 },
  ends: ['nats', 'ingress'],
  strike: (world) =>
    withIngress(world, { AIRS_JOURNAL_LIMIT_BYTES: String(8 * 1024 * 1024) }, async () => {
      const { process } = world.stack.nats!
      await process.stop()
      world.load.run({ ...steady, clients: 16, pauseMs: 20 })
      const problems = await checkRefusals(world)
      const mendedAtMs = Date.now()
      await process.start()
      problems.push(...(await checkRecovered(world)))
      return { mendedAtMs, problems }
    }),
}
