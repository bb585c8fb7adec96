import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { saltOf } from '../../libs/journal/frame.ts'
import { scanSegment } from '../../libs/journal/scan-segment.ts'
import { segmentFile, segmentNumbers } from '../../libs/journal/segment-file.ts'

/** The number of the last event that each epoch's files hold, read as nobody but a sceptic would. */
export function journalsOnDisk(directory: string): Map<string, number> {
  const last = new Map<string, number>()
  for (const journal of list(directory)) {
    if (!/^[0-9a-f-]{36}$/.test(journal)) continue
    for (const segment of segmentNumbers(list(join(directory, journal))).toReversed()) {
      const found = lastSequence(segmentFile(directory, journal, segment), saltOf(journal))
      if (found === undefined) continue
      last.set(journal, found)
      break
    }
  }
  return last
}

function lastSequence(file: string, salt: number): number | undefined {
  try {
    return scanSegment(readFileSync(file), salt, 1).last
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A directory may go away while it is looked at: what is confirmed is deleted. */
function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
