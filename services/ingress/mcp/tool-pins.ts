import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { eventTypes } from '@airs-cp/events'
import { readFileIfThere, replaceFile } from '@airs-cp/files'
import { type DefinedTool, type MirroredParam, mirroredParams } from '@airs-cp/mcp'
import { z } from 'zod'
import type { Recorder } from '../recording/recorder.ts'
import type { McpServer } from './servers.ts'

/** A server may list so many tools; of those beyond nothing is pinned, and they count as drifted. */
const mostTools = 5_000

/** By server and tool: the digest of the definition that was first used here. */
const fileSchema = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * The tools of each server, pinned by the digest of their definitions: to what the configuration says, else to what was seen
 * first. A tool that is defined otherwise has drifted, until its definition is the pinned one again.
 */
export type ToolPins = {
  /**
   * Notes the definitions that a server has sent, records what is new or has drifted, and resolves when that is safe.
   * @throws JournalUnavailableError
   */
  note(server: McpServer, tools: readonly DefinedTool[], exchange: string): Promise<void>
  isDrifted(server: string, tool: string): boolean
  /** The arguments that a tool wants in headers too; undefined while its definition has not been seen by this process. */
  mirrored(server: string, tool: string): readonly MirroredParam[] | undefined
}

export async function openToolPins(file: string, recorder: Pick<Recorder, 'fact'>): Promise<ToolPins> {
  const kept = await readFileIfThere(file)
  const pins = new Map(
    Object.entries(kept === undefined ? {} : parse(kept, file)).map(([server, tools]) => [
      server,
      new Map(Object.entries(tools)),
    ]),
  )
  /** Digest that was found instead, by server and tool. */
  const drifted = new Map<string, string>()

  const mirrored = new Map<string, readonly MirroredParam[]>()

  async function keep(): Promise<void> {
    await mkdir(dirname(file), { recursive: true })
    const all = Object.fromEntries([...pins].map(([server, tools]) => [server, Object.fromEntries(tools)]))
    await replaceFile(file, `${JSON.stringify(all, undefined, 2)}\n`)
  }

  return {
    isDrifted: (server, tool) => drifted.has(keyOf(server, tool)),
    mirrored: (server, tool) => mirrored.get(keyOf(server, tool)),
    async note(server, tools, exchange) {
      const pinned = pins.get(server.name) ?? new Map<string, string>()
      pins.set(server.name, pinned)
      const fresh: { name: string; sha256: string }[] = []
      for (const { name, sha256, definition } of tools) {
        const key = keyOf(server.name, name)
        if (mirrored.has(key) || mirrored.size < mostTools) mirrored.set(key, mirroredParams(definition))
        const expected = server.pins[name] ?? pinned.get(name)
        if (expected === undefined && pinned.size < mostTools) {
          pinned.set(name, sha256)
          fresh.push({ name, sha256 })
        } else if (expected === sha256) drifted.delete(key)
        else if (drifted.get(key) !== sha256) {
          drifted.set(key, sha256)
          await recorder.fact(eventTypes.mcpToolDrifted, {
            ...{ server: server.name, tool: name, found: sha256, exchange },
            ...(expected !== undefined && { pinned: expected }),
          })
        }
      }
      if (fresh.length === 0) return
      await recorder.fact(eventTypes.mcpToolsPinned, { server: server.name, tools: fresh, exchange })
      await keep()
    },
  }
}

function keyOf(server: string, tool: string): string {
  return `${server}/${tool}`
}

function parse(text: string, file: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`The pins of MCP tools in ${file} cannot be read; mend or remove the file`, {
      cause: error,
    })
  }
}
