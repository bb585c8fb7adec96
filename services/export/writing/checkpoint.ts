import { readFile } from 'node:fs/promises'
import { replaceFile } from '@airs-cp/files'
import type { RangeList, TallyState } from '@airs-cp/manifest'
import type { ExportedLog } from './log-proof.ts'

/** How far an export has come whose rows are on disk. */
export type Checkpoint = {
  /** Of what was asked for: another request does not go on with these rows. */
  request: string
  upTo: number
  /** When the first part was read. */
  asOf: string
  totalRows: number
  /** Of the file that holds the rows. */
  bytes: number
  tally: TallyState
  /**
   * Of an export that proves its rows: the log, the bytes of the file of proofs, and the leaves that are rows, from 1 on: those of its
   * range, and those outside.
   */
  proof?: { log: ExportedLog; bytes: number; leaves: RangeList; outside: RangeList } | undefined
}

/** @returns undefined where there is none that can be read. */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Checkpoint
  } catch {
    return undefined
  }
}

export function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  return replaceFile(file, JSON.stringify(checkpoint))
}
