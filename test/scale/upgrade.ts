import { join } from 'node:path'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { patienceMs } from '../fault/patience.ts'
import { recoveryOf } from '../fault/recovery.ts'
import { within } from '../fault/world.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { isReady, pause, seconds, secondsUntil } from './accident.ts'
import { ingresses } from './deployment.ts'
import { unpackFormerVersion, whyNoFormerVersion } from './former-version.ts'
import { whyNoNetwork } from './network.ts'
import { createWorld, gentle, type World } from './world.ts'

/**
 * From 0.1.0 to this version with traffic on: the set-up, then member after member, in the order of docs/operations.md. At the
 * end everything that a client saw is recorded once, by whichever version.
 */
const log = (line: string) => console.log(line)
const why = whyNoNetwork() ?? whyNoFormerVersion()
if (why !== undefined) {
  log(`- rolling upgrade: skipped, ${why}`)
  process.exit(0)
}
const policy = `name: no-cards
mode: enforce
direction: [request]
detectors:
  - { detector: pii, types: [CREDIT_CARD], threshold: 0.8 }
action: block
`
const order = ['audit-1', 'lineage-1', 'export', 'worker-1', 'worker-2', ...ingresses, 'policy-1']
const last = order.at(-1)
const verbose = process.argv.includes('--verbose')
const directory = makeTemporaryDirectory()
const former = join(directory.path, 'former')
unpackFormerVersion(former)
log('Rolling upgrade from 0.1.0 under load')
const world = await createWorld({ seed: Date.now() % 2 ** 32, former, verbose, log })
const problems: string[] = []
const limit = setTimeout(() => {
  log('✖ not done after 20 minutes')
  void world.close().finally(() => process.exit(1))
}, 20 * 60_000)
try {
  const { deployment } = world
  await world.call('policy', 'PUT', '/v1/policies', policy)
  await world.call('policy', 'PUT', '/v1/mode', { mode: 'enforce', reason: 'test' })
  world.load.run(gentle)
  await pause(3_000)
  const step = async (name: string, work: () => Promise<void> | void) => {
    const beganMs = performance.now()
    await work()
    const tookS = (performance.now() - beganMs) / 1_000
    // Only after the last one everything has to be recorded.
    const recovered = await recoveryOf(world, Date.now(), name === last ? patienceMs : 6_000)
    const isBlocked = await blocks(world)
    if (recovered === undefined && name === last)
      problems.push(`${name}: exchanges are not recorded afterwards`)
    if (!isBlocked) problems.push(`${name}: the policy of 0.1.0 does not block`)
    const then =
      recovered === undefined
        ? 'what is recorded waits in the journals'
        : `recorded after ${seconds(recovered)}`
    log(`${isBlocked ? '✔' : '✖'} ${name} (${seconds(tookS)}): ${then}`)
  }
  await step('set-up of the new version beside services of the old one', () =>
    deployment.setUp(repositoryRoot),
  )
  await step('users of NATS', () => deployment.updateNats())
  for (const name of order)
    await step(name, async () => {
      await deployment.upgrade(name)
      if (name.startsWith('worker')) return
      const took = await secondsUntil(world, name, isReady)
      if (took === undefined) problems.push(`${name} is not ready: ${(await deployment.ask(name)).body}`)
    })
  const verdict = await world.settled()
  log(
    `\n${verdict.exchanges} exchanges, ${verdict.finished} seen finished by their client: ${verdict.lost} lost, ${verdict.duplicated} doubled, ${verdict.abandoned} abandoned, ${verdict.open} open, ${verdict.gaps} gaps, ${verdict.unaccounted} unaccounted`,
  )
  problems.push(...verdict.problems)
  for (const problem of problems.slice(0, 12)) log(`    ${problem}`)
} finally {
  clearTimeout(limit)
  await world.close()
  directory.remove()
}
log(problems.length === 0 ? 'all is well' : `${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)

/** The balancer may cut a connection that is kept, or one to an ingress that it takes for gone: then it is asked again. */
async function blocks({ balancer }: World): Promise<boolean> {
  let status: number | undefined
  await within(patienceMs, async () => {
    const response = await fetch(`${balancer.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer fault', connection: 'close' },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'Pay with 4111 1111 1111 1111' }],
      }),
    })
    await response.arrayBuffer()
    status = response.status
    return true
  })
  return status === 403
}
