import { entryNames, type PublishedEntries } from '@airs-cp/events'

/** What people have decided on tools of MCP servers, as digests of definitions. */
export type ToolDecisions = {
  /** Undefined where nobody has decided. */
  find(server: string, tool: string): Pick<PublishedEntries['tools'], 'approved' | 'refused'> | undefined
  /** Whether a definition of any of its tools was refused. */
  hasRefused(server: string): boolean
}

/** @param entries by name of entry; may change later. */
export function toolDecisionsOf(entries: ReadonlyMap<string, PublishedEntries['tools']>): ToolDecisions {
  return {
    find: (server, tool) =>
      entries.size === 0 ? undefined : entries.get(entryNames.tools({ server, tool })),
    hasRefused: (server) =>
      entries.values().some((entry) => entry.server === server && entry.refused !== undefined),
  }
}
