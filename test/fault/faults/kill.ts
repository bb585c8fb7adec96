import type { Fault } from '../fault.ts'
import { patienceMs } from '../patience.ts'
import { within } from '../world.ts'

/** The process is gone from one instant to the next; the supervisor starts another. */
export function kill(name: string): Fault {
  return {
    name: `kill -9 ${name}`,
    rounds: { short: name === 'ingress' ? 4 : 2, long: 40 },
    ends: [name],
    async strike({ stack }) {
      const process = stack.process(name)
      const { pid } = process
      const mendedAtMs = Date.now()
      process.kill('SIGKILL')
      const isBack = await within(patienceMs, () => process.pid !== undefined && process.pid !== pid)
      return { mendedAtMs, problems: isBack ? [] : [`${name} was not started again`] }
    },
  }
}
