/** Revisions of the Model Context Protocol that the gateway speaks on either side, oldest first. */
export const revisions = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const
export type Revision = (typeof revisions)[number]

/** The newest revision with an `initialize` handshake; what a server is asked for first. */
export const newestWithHandshake: Revision = '2025-11-25'
/** What a client speaks that sends no `MCP-Protocol-Version`: the header came with the revision after it. */
export const revisionWithoutHeader: Revision = '2025-03-26'

export function isRevision(value: unknown): value is Revision {
  return (revisions as readonly unknown[]).includes(value)
}

/** From this revision on each request stands for itself: no `initialize`, no session, its revision in `_meta`. */
export function isStateless(revision: Revision): boolean {
  return revision >= '2026-07-28'
}

/** Whether a client of this revision sends `MCP-Protocol-Version` once it has initialized. */
export function hasVersionHeader(revision: Revision): boolean {
  return revision >= '2025-06-18'
}
