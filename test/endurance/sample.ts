import { readdirSync, readFileSync } from 'node:fs'
import { type Database, tableSizes } from '@airs-cp/postgres'

export type ProcessSample = { residentMiB: number; handles: number }

export function sampleProcess(pid: number): ProcessSample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  }
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

/** Of the tables of all services. */
export async function tableBytes(database: Database<unknown>): Promise<number> {
  const sizes = await Promise.all(
    ['audit', 'lineage', 'policy'].map((schema) => tableSizes(database, schema)),
  )
  return sizes.flat().reduce((sum, { bytes }) => sum + Number(bytes), 0)
}
