import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { eventTypes } from '@airs-cp/events'
import { readFileIfThere, replaceFile } from '@airs-cp/files'
import { type DefinedTool, type MirroredParam, mirroredParams } from '@airs-cp/mcp'
import { z } from 'zod'
import type { ToolDecisions } from '../controls/tool-decisions.ts'
import type { Recorder } from '../recording/recorder.ts'
import type { McpServer } from './servers.ts'

/** So many tools of a server are pinned; those beyond count as drifted. */
const mostTools = 5_000

/** Of so many tools beyond those it is noted how they are defined. */
const mostDrifted = 5_000

/** So many lists are followed over their pages at a time. */
const mostListings = 1_000

/** Digests by server and tool. */
const fileSchema = z.record(z.string(), z.record(z.string(), z.string()))
type Digests = Map<string, Map<string, string>>

export type ToolPinsFiles = {
  /** Definitions that were first used here. */
  mcpPinsFile: string
  /** Definitions that were found instead. */
  mcpDriftFile: string
}

type PinningServer = Pick<McpServer, 'name' | 'pins'>

/**
 * The tools of each server, pinned by the digest of their definitions. What is expected is, in this order: what the
 * configuration says, what a person has approved, what was seen first.
 *
 * | a tool is defined …        | it is    | event                                   |
 * |----------------------------|----------|-----------------------------------------|
 * | and was never seen here    | pinned   | `mcp-tools-pinned`                      |
 * | as expected                | pinned   | `mcp-tool-restored` where it had drifted |
 * | otherwise                  | drifted  | `mcp-tool-drifted`, once for each definition |
 * | in several ways            | drifted, unless each is as expected | the same      |
 * | as a person has refused    | refused  | none                                    |
 */
export type ToolPins = {
  /**
   * Notes the definitions that a server has sent, records what is new, has drifted or is back, and resolves when that is safe.
   * A tool that has drifted is back when a whole list, over all of its pages, defines it as expected and in no other way.
   * @throws JournalUnavailableError
   */
  note(server: PinningServer, tools: readonly DefinedTool[], page: ToolsPage): Promise<void>
  isDrifted(server: PinningServer, tool: string): boolean
  /**
   * A person has refused the definition that the tool has now, or may have: another ingress has seen that one, and this one has not
   * seen a whole list since that defines the tool otherwise.
   * @param listed the digest of its definition, where a list at hand has it.
   */
  isRefused(server: PinningServer, tool: string, listed?: string): boolean
  /** That holds of any of its tools, or may. */
  hasRefused(server: PinningServer): boolean
  /** The arguments that a tool wants in headers too; undefined while its definition has not been seen by this process. */
  mirrored(server: string, tool: string): readonly MirroredParam[] | undefined
}

/** Which part of a list of tools it is. */
export type ToolsPage = {
  /** Who reads the list, page by page. */
  reader: string
  isFirst: boolean
  isLast: boolean
  exchange: string
}

/** What a list has said so far. */
type Listing = {
  /** Of tools that had drifted when it was begun, or have since. */
  expected: Set<string>
  otherwise: Set<string>
  /** Of tools of which a definition was refused. */
  refused: Map<string, SinceRefused>
}

/** The definition that was refused, and whether the tool has been listed with it since. */
type SinceRefused = { refused: string; isDefinedSo: boolean }

export async function openToolPins(
  { mcpPinsFile, mcpDriftFile }: ToolPinsFiles,
  recorder: Pick<Recorder, 'fact'>,
  decisions: () => ToolDecisions | undefined,
): Promise<ToolPins> {
  const pinned = await readDigests(mcpPinsFile)
  const drifted = await readDigests(mcpDriftFile)
  const mirrored = new Map<string, readonly MirroredParam[]>()
  const listings = new Map<string, Listing>()
  const sinceRefused = new Map<string, SinceRefused>()

  const expectedOf = ({ name, pins }: PinningServer, tool: string) =>
    configured(pins, tool) ?? decisions()?.find(name, tool)?.approved ?? pinned.get(name)?.get(tool)

  return {
    isDrifted(server, tool) {
      const found = drifted.get(server.name)?.get(tool)
      if (found !== undefined) return found !== expectedOf(server, tool)
      const isFull = (pinned.get(server.name)?.size ?? 0) >= mostTools
      return isFull && expectedOf(server, tool) === undefined
    },
    isRefused(server, tool, listed) {
      const refused = decisions()?.find(server.name, tool)?.refused
      if (refused === undefined) return false
      if (listed === refused || drifted.get(server.name)?.get(tool) === refused) return true
      const seen = sinceRefused.get(keyOf(server, tool))
      return seen?.refused === refused ? seen.isDefinedSo : listed === undefined
    },
    hasRefused: ({ name }) => decisions()?.hasRefused(name) === true,
    mirrored: (server, tool) => mirrored.get(keyOf({ name: server }, tool)),
    async note(server, tools, { exchange, ...page }) {
      const known = ofServer(pinned, server.name)
      const found = ofServer(drifted, server.name)
      const listing = listingOf(listings, server.name, page)
      const fresh: { name: string; sha256: string }[] = []
      let isDriftChanged = false
      /** What cannot be recorded is not noted, so that it is recorded when it is seen next. */
      const noteDigest = async (name: string, sha256: string | undefined, record: () => Promise<void>) => {
        const before = found.get(name)
        set(found, name, sha256)
        await record().catch((error) => {
          set(found, name, before)
          throw error
        })
        isDriftChanged = true
      }
      try {
        const otherwise = new Map<string, string[]>()
        for (const { name, sha256, definition } of tools) {
          const key = keyOf(server, name)
          const refused = decisions()?.find(server.name, name)?.refused
          if (refused !== undefined) {
            const isDefinedSo = sha256 === refused || isSoDefined(listing?.refused.get(name), refused)
            if (isDefinedSo) sinceRefused.set(key, { refused, isDefinedSo })
            listing?.refused.set(name, { refused, isDefinedSo })
          }
          if (mirrored.has(key) || mirrored.size < mostTools) mirrored.set(key, mirroredParams(definition))
          const expected = expectedOf(server, name)
          if (expected === undefined && known.size < mostTools) {
            known.set(name, sha256)
            fresh.push({ name, sha256 })
          } else if (expected !== sha256) {
            const digests = otherwise.get(name)
            if (digests) digests.push(sha256)
            else otherwise.set(name, [sha256])
          } else if (found.has(name)) listing?.expected.add(name)
        }
        for (const [name, digests] of otherwise) {
          const expected = expectedOf(server, name)
          // What nothing is expected of is not restored either.
          if (expected !== undefined) listing?.otherwise.add(name)
          else if (!found.has(name) && found.size >= mostDrifted) continue
          const refused = decisions()?.find(server.name, name)?.refused
          const sha256 = [refused, found.get(name), digests[0]].find((one) => digests.includes(one!))!
          if (found.get(name) === sha256) continue
          await noteDigest(name, sha256, () =>
            recorder.fact(eventTypes.mcpToolDrifted, {
              ...{ server: server.name, tool: name, found: sha256, exchange },
              ...(expected !== undefined && { pinned: expected }),
              ...(configured(server.pins, name) !== undefined && { isConfigured: true as const }),
            }),
          )
        }
        if (page.isLast && listing)
          for (const [name, seen] of listing.refused) sinceRefused.set(keyOf(server, name), seen)
        for (const name of page.isLast && listing ? listing.expected : []) {
          const sha256 = expectedOf(server, name)
          if (sha256 === undefined || !found.has(name) || listing!.otherwise.has(name)) continue
          await noteDigest(name, undefined, () =>
            recorder.fact(eventTypes.mcpToolRestored, {
              ...{ server: server.name, tool: name, sha256, exchange },
            }),
          )
        }
        if (fresh.length > 0)
          await recorder.fact(eventTypes.mcpToolsPinned, { server: server.name, tools: fresh, exchange })
      } catch (error) {
        for (const { name } of fresh.splice(0)) known.delete(name)
        throw error
      } finally {
        if (isDriftChanged) await keep(mcpDriftFile, drifted)
        if (fresh.length > 0) await keep(mcpPinsFile, pinned)
      }
    },
  }
}

function keyOf({ name }: Pick<PinningServer, 'name'>, tool: string): string {
  return JSON.stringify([name, tool])
}

function isSoDefined(seen: SinceRefused | undefined, refused: string): boolean {
  return seen?.refused === refused && seen.isDefinedSo
}

function set(digests: Map<string, string>, tool: string, sha256: string | undefined): void {
  if (sha256 === undefined) digests.delete(tool)
  else digests.set(tool, sha256)
}

/** Undefined for a page of a list that was not begun here. */
function listingOf(
  listings: Map<string, Listing>,
  server: string,
  { reader, isFirst, isLast }: Omit<ToolsPage, 'exchange'>,
): Listing | undefined {
  const key = JSON.stringify([server, reader])
  const listing: Listing | undefined = isFirst
    ? { expected: new Set(), otherwise: new Set(), refused: new Map() }
    : listings.get(key)
  listings.delete(key)
  if (!listing || isLast) return listing
  listings.set(key, listing)
  if (listings.size > mostListings) listings.delete(listings.keys().next().value!)
  return listing
}

/** A tool may have any name, such as that of a member which every object has. */
function configured(pins: PinningServer['pins'], tool: string): string | undefined {
  return Object.hasOwn(pins, tool) ? pins[tool] : undefined
}

function ofServer(digests: Digests, server: string): Map<string, string> {
  const found = digests.get(server) ?? new Map<string, string>()
  digests.set(server, found)
  return found
}

async function keep(file: string, digests: Digests): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const all = Object.fromEntries([...digests].map(([server, tools]) => [server, Object.fromEntries(tools)]))
  await replaceFile(file, `${JSON.stringify(all, undefined, 2)}\n`)
}

async function readDigests(file: string): Promise<Digests> {
  const text = await readFileIfThere(file)
  if (text === undefined) return new Map()
  try {
    const all = fileSchema.parse(JSON.parse(text))
    return new Map(Object.entries(all).map(([server, tools]) => [server, new Map(Object.entries(tools))]))
  } catch (error) {
    throw new Error(`The digests of MCP tools in ${file} cannot be read; mend or remove the file`, {
      cause: error,
    })
  }
}
