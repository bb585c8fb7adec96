import { createHash } from 'node:crypto'

/** A set of named texts that knows its own digest after every change, at the cost of one hash. */
export type EntrySet = {
  /** @param text undefined removes the entry. */
  set(name: string, text: string | undefined): void
  get(name: string): string | undefined
  has(name: string): boolean
  names(): IterableIterator<string>
  readonly count: number
  /** The same for the same entries, in whatever order they came. 64 hexadecimal digits. */
  digest(): string
}

/**
 * The digest is the exclusive or of the SHA-256 of all entries. It recognizes what is missing, left over or damaged; it
 * does not protect from somebody who may write the entries, who may write the digest as well.
 */
export function createEntrySet(entries: Iterable<readonly [string, string]> = []): EntrySet {
  const hashed = new Map<string, { text: string; hash: Buffer }>()
  const sum = Buffer.alloc(32)
  const add = (hash: Buffer) => {
    for (let index = 0; index < sum.length; index++) sum[index] = sum[index]! ^ hash[index]!
  }
  const set: EntrySet['set'] = (name, text) => {
    const before = hashed.get(name)
    if (before?.text === text) return
    if (before) add(before.hash)
    if (text === undefined) hashed.delete(name)
    else {
      const hash = createHash('sha256').update(`${name}\n`).update(text).digest()
      hashed.set(name, { text, hash })
      add(hash)
    }
  }
  for (const [name, text] of entries) set(name, text)
  return {
    set,
    get: (name) => hashed.get(name)?.text,
    has: (name) => hashed.has(name),
    names: () => hashed.keys(),
    get count() {
      return hashed.size
    },
    digest: () => sum.toString('hex'),
  }
}
