import type { World } from './world.ts'

/** Who attacks. Strangers have no key, viewers have a token that may only read. */
export type Attacker = 'stranger' | 'client' | 'viewer' | 'provider' | 'web page'

export type Attack = {
  /** What the attacker sends, in a few words. */
  name: string
  attacker: Attacker
  /** Attacks, and resolves with what went differently than it must. */
  strike: (world: World) => Promise<string[]>
}

/** @returns a sentence when `seen` is not what must be. */
export function expect<Value>(what: string, seen: Value, ...right: Value[]): string[] {
  return right.includes(seen) ? [] : [`${what}: ${String(seen)} instead of ${right.join(' or ')}`]
}
