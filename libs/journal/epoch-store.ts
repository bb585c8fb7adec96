import { readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { DiskBudget } from './disk-budget.ts'
import type { Epoch } from './epoch.ts'
import { recoverEpoch } from './recover-epoch.ts'
import { ignoreMissing, segmentFile } from './segment-file.ts'
import type { JournalReport } from './types.ts'

export type EpochStoreSettings = {
  directory: string
  budget: DiskBudget
  report: (report: JournalReport) => void
  /** An epoch came or went. */
  changed: () => void
  /** Space on disk was freed. */
  freed: () => void
  /** Default `recoverEpoch`. */
  recoverOne?: typeof recoverEpoch
}

const epochPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A disk that fails in these may work a moment later: then the epoch is put in order, instead of being left aside until the next start. */
const changingCalls = new Set<string | undefined>(['write', 'fsync', 'ftruncate', 'unlink', 'rmdir'])
/** So often, before an epoch on a bad place of the disk is left aside after all: it must not stop the record. */
const mostTries = 20

/** All epochs that still have something to be confirmed, oldest first. */
export class EpochStore {
  readonly #settings: EpochStoreSettings
  readonly #epochs = new Map<string, Epoch>()
  readonly #tries = new Map<string, number>()
  #deleting: Promise<void> = Promise.resolve()

  constructor(settings: EpochStoreSettings) {
    this.#settings = settings
  }

  list(): Epoch[] {
    return [...this.#epochs.values()]
  }

  add(epoch: Epoch): void {
    this.#epochs.set(epoch.journal, epoch)
    this.#settings.changed()
  }

  /** Finds the epochs of earlier processes and puts them in order. Goes on where it was when called again after an error. */
  async recover(): Promise<void> {
    const { directory, budget, report, recoverOne = recoverEpoch } = this.#settings
    const names = (await readdir(directory)).filter((name) => epochPattern.test(name)).sort()
    for (const journal of names.filter((name) => !this.#epochs.has(name))) {
      const epoch = await recoverOne(directory, journal, report).catch((error: NodeJS.ErrnoException) => {
        const tries = (this.#tries.get(journal) ?? 0) + 1
        this.#tries.set(journal, tries)
        if (error.code !== 'EIO' || (changingCalls.has(error.syscall) && tries < mostTries)) throw error
        report({ kind: 'epoch-unreadable', journal, message: error.message })
      })
      if (!epoch) continue
      const bytes = epoch.segments.reduce((sum, segment) => sum + segment.bytes, 0)
      const firstSequence = epoch.segments[0]?.firstSequence ?? 1
      budget.add(bytes)
      this.#epochs.set(journal, epoch)
      report({ kind: 'epoch-recovered', journal, firstSequence, lastSequence: epoch.lastSequence, bytes })
    }
  }

  /** Everything up to `sequence` is safe elsewhere. Repeating it repeats what could not be deleted. */
  async confirm(journal: string, sequence: number): Promise<void> {
    const epoch = this.#epochs.get(journal)
    if (!epoch || sequence < epoch.confirmed) return
    epoch.confirmed = sequence
    await this.deleteConfirmed(epoch)
  }

  /** Deletes the segments that hold nothing unconfirmed, and the epoch with its last. */
  deleteConfirmed(epoch: Epoch): Promise<void> {
    const deleted = this.#deleting.then(() => this.#delete(epoch))
    this.#deleting = deleted.catch(() => undefined)
    return deleted
  }

  async #delete(epoch: Epoch): Promise<void> {
    if (!this.#epochs.has(epoch.journal)) return
    const { directory, budget, report } = this.#settings
    for (let oldest = epoch.segments[0]; oldest; oldest = epoch.segments[0]) {
      const next = epoch.segments[1]
      if (!next && !epoch.ended) return
      const lastSequence = next ? next.firstSequence - 1 : epoch.lastSequence
      if (lastSequence > epoch.confirmed) return
      await unlink(segmentFile(directory, epoch.journal, oldest.segment)).catch(ignoreMissing)
      epoch.segments.shift()
      budget.release(oldest.bytes)
      this.#settings.freed()
    }
    if (!epoch.ended) return
    await rmdir(join(directory, epoch.journal)).catch(ignoreMissing)
    this.#epochs.delete(epoch.journal)
    const { journal, lastSequence } = epoch
    if (lastSequence > 0) report({ kind: 'epoch-removed', journal, lastSequence })
    this.#settings.changed()
  }
}
