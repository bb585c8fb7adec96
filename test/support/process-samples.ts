import { readFileSync } from 'node:fs'

export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1_024
}

/** Events that a service has not applied yet, of all services together. */
export async function pendingEvents(urls: Readonly<Record<string, string>>): Promise<number> {
  const pages = await Promise.all(
    ['audit', 'lineage', 'policy'].map(async (name) => (await fetch(`${urls[name]}/metrics`)).text()),
  )
  return [...pages.join('\n').matchAll(/^airs_projection_pending\S* (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
}
