import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

/**
 * Everything that JetStream held is gone, and what the audit service had fetched with it: events that were
 * acknowledged, and that only the journal still has.
 */
export const loseStore: Fault = {
  name: 'JetStream store lost',
  rounds: { short: 2, long: 20 },
  ends: ['nats', 'audit'],
  async strike({ stack, random }) {
    const { process, storeDirectory } = stack.nats!
    const audit = stack.process('audit')
    audit.kill('SIGSTOP')
    await sleep(random.between(200, 1_000))
    process.kill('SIGKILL')
    await process.stop()
    rmSync(storeDirectory, { recursive: true, force: true })
    audit.kill('SIGKILL')
    const mendedAtMs = Date.now()
    await process.start()
    return { mendedAtMs }
  },
}
