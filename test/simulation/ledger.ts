import type { BuildEntry, Journal } from '@airs-cp/journal'

export type Written = { id: string; journal: string; sequence: number; event: string }

/** What the ingress handed to its journal, and what the journal acknowledged: what must be in the event store at the end. */
export class Ledger {
  readonly attempted = new Map<string, Written>()
  readonly acknowledged = new Set<string>()
  /** Exchanges that ended with an error of the recording, while their process went on. */
  readonly unfinished = new Set<string>()
  refused = 0

  /** The journal itself, overheard. */
  listen(journal: Journal): Journal {
    const noting =
      (build: BuildEntry, onId: (id: string) => void): BuildEntry =>
      (name, sequence) => {
        const entry = build(name, sequence)
        const event =
          entry.event instanceof Uint8Array
            ? Buffer.from(entry.event).toString()
            : [entry.event].flat().join('')
        this.attempted.set(entry.id, { id: entry.id, journal: name, sequence, event })
        onId(entry.id)
        return entry
      }
    const append: Journal['append'] = (build, options) => {
      let id = ''
      const appended = journal.append(
        noting(build, (given) => {
          id = given
        }),
        options,
      )
      appended.then(
        () => this.acknowledged.add(id),
        () => {
          this.refused++
        },
      )
      return appended
    }
    const appendUnsynced: Journal['appendUnsynced'] = (build) =>
      journal.appendUnsynced(noting(build, () => {}))
    return new Proxy(journal, {
      get(target, name) {
        if (name === 'append') return append
        if (name === 'appendUnsynced') return appendUnsynced
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}
