import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

/** Everything that JetStream held is gone, acknowledged events that the audit service had not fetched included. */
export const loseStore: Fault = {
  name: 'JetStream store lost',
  rounds: { short: 2, long: 20 },
  ends: ['nats'],
  async strike({ stack, random }) {
    const { process, storeDirectory } = stack.nats!
    // What is acknowledged while nobody fetches is what a lost store takes along.
    const audit = stack.process('audit')
    audit.kill('SIGSTOP')
    await sleep(random.between(200, 1_000))
    process.kill('SIGKILL')
    await process.stop()
    rmSync(storeDirectory, { recursive: true, force: true })
    audit.kill('SIGCONT')
    const mendedAtMs = Date.now()
    await process.start()
    return { mendedAtMs }
  },
}
