import type { Readable } from 'node:stream'
import type { Manifest } from '@airs-cp/manifest'

/** Where archives are, for people. */
export type ArchiveLocation =
  | { kind: 'folder'; directory: string }
  | { kind: 'bucket'; bucket: string; prefix: string; endpoint: string | null }

/** Where the files of archived days are kept: a folder, or a bucket. */
export type ArchiveStore = {
  location: ArchiveLocation
  /** Where a worker writes the file of a day before it is complete. */
  workFile(day: string): string
  /**
   * Takes over the complete file of a day with its manifest and proof, durably; nobody sees a part of a file. What it replaces is the
   * same day of the same store.
   * @param isOwn whether a log is of this store.
   * @throws ForeignArchiveError where another store keeps its days there.
   */
  keep(manifest: Manifest, day: string, isOwn: (origin: string) => Promise<boolean>): Promise<void>
  /** Undefined where there is no such file. */
  open(name: string): Promise<Readable | undefined>
  close(): void
}

/** The day is there already, of another log. */
export class ForeignArchiveError extends Error {
  override name = 'ForeignArchiveError'
}

export function dayFile(day: string): string {
  return `${day}.parquet`
}

/** @throws ForeignArchiveError */
export async function assertOwn(
  found: string | undefined,
  place: string,
  isOwn: (origin: string) => Promise<boolean>,
): Promise<void> {
  if (found === undefined) return
  const { proof } = JSON.parse(found) as Manifest
  const origin = proof?.checkpoint.split('\n')[0] ?? 'unknown'
  if (await isOwn(origin)) return
  throw new ForeignArchiveError(
    `${place} has this day of log ${origin}, which is not of this store: give this one a place of its own (AIRS_ARCHIVE_DIR, AIRS_ARCHIVE_S3_PREFIX)`,
  )
}
