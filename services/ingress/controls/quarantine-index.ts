import { entryNames, type PublishedEntries } from '@airs-cp/events'

/** The sessions and callers whose exchanges are refused. */
export type Quarantine = {
  /** What holds such an exchange; undefined where it is free. A session of the same name of another caller is another one. */
  find(who: { tenant: string; session: string; caller: string | undefined }): Held | undefined
}
export type Held = { what: 'session' | 'caller'; untilMs: number }

/** @param entries by name of entry; may change later. */
export function quarantineOf(entries: ReadonlyMap<string, PublishedEntries['quarantine']>): Quarantine {
  return {
    find({ tenant, session, caller }) {
      if (entries.size === 0) return undefined
      const names: [Held['what'], string][] = [['session', entryNames.quarantine({ tenant, session })]]
      if (caller !== undefined)
        names.push(
          ['session', entryNames.quarantine({ tenant, session, caller })],
          ['caller', entryNames.quarantine({ tenant, caller })],
        )
      let held: Held | undefined
      for (const [what, name] of names) {
        const untilMs = Date.parse(entries.get(name)?.until ?? '')
        if (untilMs > (held?.untilMs ?? 0)) held = { what, untilMs }
      }
      return held
    },
  }
}
