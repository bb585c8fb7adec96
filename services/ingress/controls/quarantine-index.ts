import { entryNames, type PublishedEntries } from '@airs-cp/events'

/** The sessions whose exchanges are refused. */
export type Quarantine = {
  /** Until when, in milliseconds; undefined for a session that is free. */
  untilMs(tenant: string, session: string): number | undefined
}

/** @param entries by name of entry; may change later. */
export function quarantineOf(entries: ReadonlyMap<string, PublishedEntries['quarantine']>): Quarantine {
  return {
    untilMs(tenant, session) {
      if (entries.size === 0) return undefined
      const entry = entries.get(entryNames.quarantine({ tenant, session }))
      return entry && Date.parse(entry.until)
    },
  }
}
