import type { Fault } from '../fault.ts'
import { patienceMs } from '../patience.ts'
import { readRecorded } from '../read-recorded.ts'
import { settle } from '../settle.ts'
import { withIngress } from '../with-ingress.ts'
import { type World, within } from '../world.ts'

/** With the journal at its limit nothing is refused, and what is lost is counted and on record, to the event. */
export const bestEffort: Fault = {
  name: 'best-effort at its limit',
  rounds: { short: 1, long: 3 },
  ends: ['nats', 'ingress'],
  isExempt: true,
  strike: (world) => {
    const settings = {
      AIRS_RECORDING: 'best-effort',
      AIRS_JOURNAL_LIMIT_BYTES: String(2 * 1024 * 1024),
    }
    return withIngress(world, settings, async () => {
      const { process } = world.stack.nats!
      const sinceMs = Date.now()
      await process.stop()
      world.load.run({ clients: 16, pauseMs: 10, largestBytes: 8_000 })
      const doesLose = await within(patienceMs, async () => (await lostEvents(world)) > 50)
      const mendedAtMs = Date.now()
      await process.start()
      const problems = doesLose ? [] : ['nothing was lost at the limit, or it was not counted']
      await settle(world, sinceMs, true)
      problems.push(...(await compareCount(world, sinceMs)))
      return { mendedAtMs, problems }
    })
  },
}

/** On record in the rounds before. */
const lostBefore = new WeakMap<World, number>()

/** Each exchange here has two events, which a client that saw it finish knows. */
async function compareCount(world: World, sinceMs: number): Promise<string[]> {
  await readRecorded(world)
  const problems: string[] = []
  let missing = 0
  for (const sent of world.load.log.values()) {
    if (sent.startedAtMs < sinceMs) continue
    if (sent.end !== 'finished') problems.push(`exchange ${sent.exchange ?? sent.marker} was ${sent.end}`)
    const { openings = [], outcomes = [] } = world.ledger.exchanges.get(sent.exchange ?? '') ?? {}
    missing += 2 - openings.length - outcomes.length
  }
  const counted = await lostEvents(world)
  if (counted !== missing) problems.push(`${missing} events are missing, and ${counted} were counted as lost`)
  const before = lostBefore.get(world) ?? 0
  const onRecord = () =>
    [...world.ledger.journals.values()].reduce((sum, { lost }) => sum + lost.size, 0) - before
  await within(patienceMs, async () => {
    await readRecorded(world)
    return onRecord() >= missing
  })
  if (onRecord() !== missing)
    problems.push(`${missing} events are missing, and ${onRecord()} are on record as lost`)
  world.log(`    ${missing} events lost, ${counted} counted, ${onRecord()} on record`)
  lostBefore.set(world, before + onRecord())
  return problems.slice(0, 5)
}

async function lostEvents({ stack }: World): Promise<number> {
  const response = await fetch(`${stack.urls.ingress}/metrics`)
  const line = /^airs_journal_lost(?:_total)?(?:\{[^}]*\})? (\S+)/m.exec(await response.text())
  return Number(line?.[1] ?? 0)
}
