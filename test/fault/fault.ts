import type { World } from './world.ts'

export type Strike = {
  /** When whatever was broken was whole again, or began to mend itself; recovery is counted from here. */
  mendedAtMs: number
  /** Seconds until what was broken did its work again, where that is more than serving an exchange. */
  recoveryS?: number
  /** What went differently than it must. */
  problems?: string[]
}

export type Fault = {
  name: string
  rounds: { short: number; long: number }
  /** Processes that end in the course of it. Any other that ends has crashed. */
  ends: readonly string[]
  /** Losses are allowed, because `strike` checks that they are counted. */
  isExempt?: boolean
  /** Why it cannot be tried here; undefined when it can. */
  skip?: () => string | undefined
  /** Breaks something under load, and resolves when nothing keeps it broken. */
  strike: (world: World) => Promise<Strike>
}
