import type { PolicySet } from '@airs-cp/events'

/** What a backtest judges by, and which exchanges. */
export type BacktestInput = {
  /** The set as it would be in force, mode `enforce`. */
  set: PolicySet
  /** The set that is in force, in the same mode; absent where it is not known. */
  inForce?: PolicySet
  /** All that is in force, by name. */
  namesInForce?: string[]
  /** Names of the policies under test: those that were given. */
  tested: string[]
  /** Judge the policies under test as if they enforced, whatever mode they say. */
  enforce: boolean
  /** First instant included; absent: from the beginning. */
  from?: string
  /** First instant not included. */
  until: string
  /** The only exchange to judge. */
  exchange?: string
}

/** Exchanges by the time of their request: those of [from, until) that are at or behind `start` and before `end`. */
export type Chunk = { index: number; start: Place; end: Place | undefined }

/** A place in the order by time and id. `time` as Postgres writes it: JavaScript's dates have no microseconds. */
export type Place = { time: string; id: string }

/** The recorded events that are looked at: what arrives meanwhile is not, so that a run is of one state. */
export type Snapshot = {
  from: string | undefined
  until: string
  exchange: string | undefined
  position: number
}
