import type { Slices } from '@airs-cp/events'
import type { Relayed } from '../exchange.ts'

/** What the bytes of a response pass through on their way to the client. */
export type ResponseBody = {
  /** All of it is held until it is complete. */
  isHeldWhole: boolean
  /**
   * @returns what is still to be done with it, where that takes long: nothing else is called before that has come to its end, or
   *   was stopped (`return`), and then nothing but `result`.
   * @throws when the response cannot be read, or is too large to be held.
   */
  push(chunk: Buffer): Slices<void> | undefined
  /** @throws when it is not complete, where the client could not see that. */
  end(): void
  /** No more of it comes, and it is not complete: sends what only waited to be judged with the rest. It may turn out to be blocked. */
  breakOff(): void
  /** What has come of it so far. */
  result(): Partial<Relayed> & Pick<Relayed, 'held'>
}
