import type { Settings } from '../settings.js'
import { createEvents, type Events } from './events.js'
import { createExports, type Exports } from './exports.js'
import { findLocation } from './location.js'
import { createSessions, type Sessions } from './sessions.js'
import { createTransport } from './transport.js'
import { type VerifiedExport, verifyExport } from './verify-export.js'

/** The control APIs, and what the client itself counts. */
export type Control = {
  /** Requests that went to the provider because the gateway could not be reached. */
  readonly directCalls: number
  readonly exports: Exports
  readonly events: Events
  readonly sessions: Sessions
  /**
   * Checks that a file is, to the byte, what AIRS-CP exported, and tells which export it is.
   * @throws VerificationFailed when it is not.
   */
  verify(file: string): Promise<VerifiedExport>
}

/** As many exports as the API lists at once. */
const exportsLookedAt = 1_000

export function createControl({ airsUrl, airsToken, direct }: Settings): Control {
  const apis = once(() => {
    const transport = createTransport(findLocation({ url: airsUrl, token: airsToken }))
    return {
      exports: createExports(transport),
      events: createEvents(transport),
      sessions: createSessions(transport),
    }
  })
  return {
    get directCalls() {
      return direct.count
    },
    get exports() {
      return apis().exports
    },
    get events() {
      return apis().events
    },
    get sessions() {
      return apis().sessions
    },
    async verify(file) {
      const exports = await apis().exports.list(exportsLookedAt)
      return verifyExport(
        file,
        exports.map(({ job }) => job),
      )
    },
  }
}

function once<Result>(make: () => Result): () => Result {
  let made: Result | undefined
  return () => {
    made ??= make()
    return made
  }
}
