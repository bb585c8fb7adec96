import type { Supervised } from './supervised.ts'

const drainMs = 8_000
const graceMs = 4_000

/** The ingress drains while everything that it ships to is still there; the servers go when nobody needs them. */
export async function stopInOrder(started: readonly Supervised[]): Promise<string[]> {
  const killed: string[] = []
  const stopAll = (names: (name: string) => boolean, limitMs: number) =>
    Promise.all(
      started
        .filter(({ command }) => names(command.name))
        .map(async (process) => {
          if (await process.stop(limitMs)) killed.push(process.command.name)
        }),
    )
  const servers = ['nats', 'postgres']
  await stopAll((name) => name === 'ingress', drainMs)
  await stopAll((name) => name !== 'ingress' && !servers.includes(name), graceMs)
  await stopAll((name) => name === 'nats', graceMs)
  await stopAll((name) => name === 'postgres', graceMs)
  return killed
}
