import { readdirSync } from 'node:fs'
import { type Database, tableSizes } from '@airs-cp/postgres'
import { residentBytes } from '../support/process-samples.ts'

export type ProcessSample = { residentMiB: number; handles: number }

export function sampleProcess(pid: number): ProcessSample {
  return {
    residentMiB: residentBytes(pid) / 2 ** 20,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** Of the tables of all services. */
export async function tableBytes(database: Database<unknown>): Promise<number> {
  const sizes = await Promise.all(
    ['audit', 'lineage', 'policy'].map((schema) => tableSizes(database, schema)),
  )
  return sizes.flat().reduce((sum, { bytes }) => sum + Number(bytes), 0)
}
