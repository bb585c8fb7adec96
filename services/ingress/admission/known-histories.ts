import { createHash, type Hash, hash } from 'node:crypto'
import { createRecentTable, type RecentTable } from '@airs-cp/policy-engine'
import type { Turn } from '@airs-cp/providers'

/** Sessions by what was said in them, for each client by itself, in memory of this process. */
export type KnownHistories = {
  /** Undefined too for a history that several sessions have. */
  find(owner: string, history: string): string | undefined
  remember(owner: string, history: string, session: string): void
}

/** Owners, and histories of each, that are surely kept; at most twice as many are. */
const mostOwners = 256
const mostOfOwner = 128
const keptMs = 24 * 3_600_000

type Known = { session: string | undefined; atMs: number }

export function createKnownHistories(nowMs: () => number = () => performance.now()): KnownHistories {
  const owners = createRecentTable<RecentTable<Known>>(mostOwners)
  const knownOf = (owner: string, history: string) => {
    const known = owners.get(owner)?.get(history)
    return known && nowMs() - known.atMs < keptMs ? known : undefined
  }
  return {
    find: (owner, history) => knownOf(owner, history)?.session,
    remember(owner, history, session) {
      const histories = owners.get(owner) ?? createRecentTable<Known>(mostOfOwner)
      const known = knownOf(owner, history)
      owners.set(owner, histories)
      histories.set(history, {
        session: known && known.session !== session ? undefined : session,
        atMs: nowMs(),
      })
    },
  }
}

/** A longer text is hashed where it is: it would be copied to stand beside another. */
const longCharacters = 16 * 1024

/**
 * Follows what is said, turn by turn. Left out is what clients do not repeat as it was: instructions, reasoning, ids of calls, and
 * space around a text.
 */
export class HistoryDigest {
  #hash: Hash | undefined
  /** What was said since then. */
  #said = ''

  add(turns: Iterable<Turn>): this {
    for (const { kind, role, name = '', content } of turns) {
      if (kind === 'reasoning' || role === 'system') continue
      const text = content.trim()
      this.#said += `${kind} ${role} ${JSON.stringify(name)} ${text.length}\n`
      if (text.length >= longCharacters) this.#update().update(text)
      else this.#said += text
      if (this.#said.length >= longCharacters) this.#update()
    }
    return this
  }

  /** Of what was said so far; more may follow. */
  value(): string {
    return this.#update().copy().digest('base64')
  }

  /** The same where nothing follows. What comes in one piece is hashed by one call, which costs a third of four. */
  last(): string {
    return this.#hash ? this.#update().digest('base64') : hash('sha256', this.#said, 'base64')
  }

  #update(): Hash {
    this.#hash ??= createHash('sha256')
    this.#hash.update(this.#said)
    this.#said = ''
    return this.#hash
  }
}
