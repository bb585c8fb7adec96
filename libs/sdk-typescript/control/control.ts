import { type Client, createClient } from '@airs-cp/client'
import type { Settings } from '../settings.js'
import { toSdkError } from './errors.js'
import { createEvents, type Events } from './events.js'
import { createExports, type Exports } from './exports.js'
import { findLocation, type Location } from './location.js'
import { createMcp, type Mcp } from './mcp.js'
import { createSessions, type Sessions } from './sessions.js'
import { type VerifiedExport, verify } from './verify.js'

/** The control APIs, and what the client itself counts. */
export type Control = {
  /** Requests that went to the provider because the gateway could not be reached. */
  readonly directCalls: number
  readonly exports: Exports
  readonly events: Events
  readonly sessions: Sessions
  readonly mcp: Mcp
  /**
   * Checks an exported file against its manifest (`FILE.manifest.json`), as the command `airs verify` does, without
   * asking anybody: digests, every row and their order, counts, and the gaps in journals.
   * @throws VerificationFailed, with all its `problems`, when it differs from the manifest.
   */
  verify(file: string, options?: { manifest?: string }): Promise<VerifiedExport>
}

/** @internal */
export function createControl({ airsUrl, airsToken, direct }: Settings): Control {
  const apis = once(() => {
    const client = connect(findLocation({ url: airsUrl, token: airsToken }))
    return {
      exports: createExports(client),
      events: createEvents(client.events),
      sessions: createSessions(client.sessions),
      mcp: createMcp(client),
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
    get mcp() {
      return apis().mcp
    },
    verify: (file, { manifest } = {}) => verify(file, manifest),
  }
}

function connect(location: Location): Client {
  try {
    return createClient(location)
  } catch (error) {
    throw toSdkError(error)
  }
}

function once<Result>(make: () => Result): () => Result {
  let made: Result | undefined
  return () => {
    made ??= make()
    return made
  }
}
