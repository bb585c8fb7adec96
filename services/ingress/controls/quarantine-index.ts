import { entryNames, type PublishedEntries } from '@airs-cp/events'

/** The sessions whose exchanges are refused. */
export type Quarantine = {
  /** Until when, in milliseconds; undefined for a session that is free. A session of the same name of another caller is another one. */
  untilMs(tenant: string, session: string, caller?: string): number | undefined
}

/** @param entries by name of entry; may change later. */
export function quarantineOf(entries: ReadonlyMap<string, PublishedEntries['quarantine']>): Quarantine {
  return {
    untilMs(tenant, session, caller) {
      if (entries.size === 0) return undefined
      const ends = [undefined, ...(caller === undefined ? [] : [caller])].flatMap((whose) => {
        const entry = entries.get(entryNames.quarantine({ tenant, session, caller: whose }))
        return entry ? [Date.parse(entry.until)] : []
      })
      return ends.length === 0 ? undefined : Math.max(...ends)
    },
  }
}
