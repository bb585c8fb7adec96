import type { Supervised } from './supervised.ts'

const servers = new Set(['nats', 'postgres'])

/**
 * The ingress drains while everything that it ships to is still there; the servers go when nobody needs them. 20
 * seconds altogether.
 */
const phases = [
  { includes: (name: string) => name === 'ingress', limitMs: 11_000 },
  { includes: (name: string) => name !== 'ingress' && !servers.has(name), limitMs: 3_000 },
  { includes: (name: string) => servers.has(name), limitMs: 6_000 },
]

/** Resolves when everything is gone, with the names of what had to be killed. */
export async function stopInOrder(started: readonly Supervised[]): Promise<string[]> {
  const killed: string[] = []
  for (const { includes, limitMs } of phases) {
    const stopOne = async (process: Supervised) => {
      if (await process.stop(limitMs)) killed.push(process.command.name)
    }
    await Promise.all(started.filter(({ command }) => includes(command.name)).map(stopOne))
  }
  return killed
}
