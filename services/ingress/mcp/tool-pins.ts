import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { eventTypes } from '@airs-cp/events'
import { readFileIfThere, replaceFile } from '@airs-cp/files'
import { type DefinedTool, type MirroredParam, mirroredParams } from '@airs-cp/mcp'
import { z } from 'zod'
import type { ToolDecisions } from '../controls/tool-decisions.ts'
import type { Recorder } from '../recording/recorder.ts'
import type { McpServer } from './servers.ts'

/** A server may list so many tools; of those beyond nothing is pinned, and they count as drifted. */
const mostTools = 5_000

/** Of so many tools of a server that have drifted it is noted how they are defined. */
const mostDrifted = 5_000

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
 * | as a person has refused    | refused  | none                                    |
 */
export type ToolPins = {
  /**
   * Notes the definitions that a server has sent, records what is new, has drifted or is back, and resolves when that is safe.
   * @throws JournalUnavailableError
   */
  note(server: PinningServer, tools: readonly DefinedTool[], exchange: string): Promise<void>
  isDrifted(server: PinningServer, tool: string): boolean
  /** A person has refused the definition that the tool has now. */
  isRefused(server: PinningServer, tool: string): boolean
  /** That holds of any of its tools, or may. */
  hasRefused(server: PinningServer): boolean
  /** The arguments that a tool wants in headers too; undefined while its definition has not been seen by this process. */
  mirrored(server: string, tool: string): readonly MirroredParam[] | undefined
}

export async function openToolPins(
  { mcpPinsFile, mcpDriftFile }: ToolPinsFiles,
  recorder: Pick<Recorder, 'fact'>,
  decisions: () => ToolDecisions | undefined,
): Promise<ToolPins> {
  const pinned = await readDigests(mcpPinsFile)
  const drifted = await readDigests(mcpDriftFile)
  const mirrored = new Map<string, readonly MirroredParam[]>()

  const expectedOf = ({ name, pins }: PinningServer, tool: string) =>
    configured(pins, tool) ?? decisions()?.find(name, tool)?.approved ?? pinned.get(name)?.get(tool)

  return {
    isDrifted(server, tool) {
      const found = drifted.get(server.name)?.get(tool)
      return found !== undefined && found !== expectedOf(server, tool)
    },
    isRefused(server, tool) {
      const refused = decisions()?.find(server.name, tool)?.refused
      return (
        refused !== undefined && refused === (drifted.get(server.name)?.get(tool) ?? expectedOf(server, tool))
      )
    },
    hasRefused: ({ name }) => decisions()?.hasRefused(name) === true,
    mirrored: (server, tool) => mirrored.get(JSON.stringify([server, tool])),
    async note(server, tools, exchange) {
      const known = ofServer(pinned, server.name)
      const found = ofServer(drifted, server.name)
      const fresh: { name: string; sha256: string }[] = []
      let isDriftChanged = false
      for (const { name, sha256, definition } of tools) {
        const key = JSON.stringify([server.name, name])
        if (mirrored.has(key) || mirrored.size < mostTools) mirrored.set(key, mirroredParams(definition))
        const expected = expectedOf(server, name)
        if (expected === undefined && known.size < mostTools) {
          known.set(name, sha256)
          fresh.push({ name, sha256 })
        } else if (expected === sha256) {
          if (!found.delete(name)) continue
          isDriftChanged = true
          await recorder.fact(eventTypes.mcpToolRestored, {
            ...{ server: server.name, tool: name, sha256, exchange },
          })
        } else if (found.get(name) !== sha256) {
          if (!found.has(name) && found.size >= mostDrifted) continue
          found.set(name, sha256)
          isDriftChanged = true
          await recorder.fact(eventTypes.mcpToolDrifted, {
            ...{ server: server.name, tool: name, found: sha256, exchange },
            ...(expected !== undefined && { pinned: expected }),
            ...(configured(server.pins, name) !== undefined && { isConfigured: true as const }),
          })
        }
      }
      if (isDriftChanged) await keep(mcpDriftFile, drifted)
      if (fresh.length === 0) return
      await recorder.fact(eventTypes.mcpToolsPinned, { server: server.name, tools: fresh, exchange })
      await keep(mcpPinsFile, pinned)
    },
  }
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
