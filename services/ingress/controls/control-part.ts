import {
  createEntrySet,
  entryNames,
  type PartHead,
  type PublishedEntries,
  type PublishedPart,
  parseEntry,
} from '@airs-cp/events'

export type Settled = 'unchanged' | 'incomplete' | 'applied' | 'rejected'

/**
 * One part of what the policy service publishes, put together from its entries. What is in force changes only when
 * the entries are exactly those that the head names, and all of them can be used:
 *
 * | what is seen                           | `settle`     | in force                   |
 * |----------------------------------------|--------------|----------------------------|
 * | entries other than those of the head   | `incomplete` | as before                  |
 * | an entry that cannot be used           | `rejected`   | as before                  |
 * | those of the head, usable              | `applied`    | these, all at once         |
 * | what is in force already               | `unchanged`  | as before                  |
 */
export type ControlPart<Part extends PublishedPart, Value> = {
  /** Undefined while it is unknown. */
  current(): Value | undefined
  version(): number | undefined
  entries(): Iterable<PublishedEntries[Part]>
  /** Why what was published last is not in force. */
  rejected(): { version: number; message: string } | undefined
  /** From a value that is whole by itself: a file, or what older versions publish. @throws when it cannot be used. */
  take(version: number, entries: readonly PublishedEntries[Part][]): void
  /** These entries are there, and no others. */
  sync(entries: Iterable<readonly [name: string, text: string]>): void
  /** @param text undefined: the entry was deleted. */
  set(name: string, text: string | undefined): void
  settle(head: PartHead): Settled
}

/**
 * @param read makes what is in force of all entries. It may keep the map, which changes with what is in force.
 */
export function createControlPart<Part extends PublishedPart, Value>(
  part: Part,
  read: (entries: ReadonlyMap<string, PublishedEntries[Part]>, version: number) => Value,
): ControlPart<Part, Value> {
  const seen = createEntrySet()
  /** What was seen and is not in force. */
  const pending = new Map<string, string | undefined>()
  let inForce = new Map<string, PublishedEntries[Part]>()
  let version: number | undefined
  let value: Value | undefined
  let digest: string | undefined
  let rejected: ReturnType<ControlPart<Part, Value>['rejected']>
  let rejectedDigest: string | undefined
  const nameOf = entryNames[part] as (entry: PublishedEntries[Part]) => string

  const set: ControlPart<Part, Value>['set'] = (name, text) => {
    if (seen.get(name) === text) return
    seen.set(name, text)
    pending.set(name, text)
  }

  /** @throws when one of them cannot be used; then all is as it was. */
  function apply(next: number): void {
    const parsed = [...pending].map(
      ([name, text]) => [name, text === undefined ? undefined : parseEntry(part, text)] as const,
    )
    const before = parsed.map(([name]) => [name, inForce.get(name)] as const)
    const put = (entries: readonly (readonly [string, PublishedEntries[Part] | undefined])[]) => {
      for (const [name, entry] of entries)
        if (entry === undefined) inForce.delete(name)
        else inForce.set(name, entry)
    }
    put(parsed)
    try {
      value = read(inForce, next)
    } catch (error) {
      put(before)
      throw error
    }
    pending.clear()
  }

  return {
    current: () => value,
    version: () => version,
    entries: () => inForce.values(),
    rejected: () => rejected,
    take(next, entries) {
      const map = new Map(entries.map((entry) => [nameOf(entry), entry]))
      value = read(map, next)
      inForce = map
      version = next
      digest = undefined
      rejected = undefined
    },
    sync(entries) {
      const there = new Map(entries)
      for (const name of [...seen.names()]) if (!there.has(name)) set(name, undefined)
      for (const [name, text] of there) set(name, text)
    },
    set,
    settle(head) {
      const isComplete = seen.digest() === head.digest && seen.count === head.count
      if (digest === head.digest && version === head.version) {
        rejected = undefined
        return isComplete ? 'unchanged' : 'incomplete'
      }
      if (!isComplete) return 'incomplete'
      if (rejectedDigest === head.digest && rejected?.version === head.version) return 'rejected'
      try {
        if (digest === undefined) {
          // What is in force did not come from these entries: it may hold others.
          const former = inForce
          inForce = new Map()
          pending.clear()
          for (const name of seen.names()) pending.set(name, seen.get(name))
          try {
            apply(head.version)
          } catch (error) {
            inForce = former
            throw error
          }
        } else apply(head.version)
      } catch (error) {
        rejected = { version: head.version, message: error instanceof Error ? error.message : String(error) }
        rejectedDigest = head.digest
        return 'rejected'
      }
      digest = head.digest
      version = head.version
      rejected = undefined
      rejectedDigest = undefined
      return 'applied'
    },
  }
}
