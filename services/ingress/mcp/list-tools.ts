import type { Decision } from '@airs-cp/events'
import { isObject, type RpcMessage, type RpcResponse, toolsOf } from '@airs-cp/mcp'
import { blocksTool } from '@airs-cp/policy-engine'
import type { JsonObject } from '@airs-cp/providers'
import type { McpCall } from './call.ts'
import { nothingJudged } from './describe-call.ts'
import { mcpSubject } from './judge-message.ts'
import { judgedTogether } from './judged-together.ts'
import type { ToolPins, ToolsPage } from './tool-pins.ts'

/**
 * Pins the tools of a list, and leaves out those that a policy lets nobody call, or whose definition a person has refused.
 * @param written the list, after policies that redact.
 * @returns undefined where all stay.
 * @throws JournalUnavailableError
 */
export async function listTools(
  { server, exchange, set, caller }: McpCall,
  asked: RpcMessage | undefined,
  { result, json }: RpcResponse,
  written: string,
  { pins, fingerprintKey }: { pins: ToolPins; fingerprintKey: string },
): Promise<{ text: string; decision: Decision } | undefined> {
  if (asked?.kind !== 'request' || asked.method !== 'tools/list') return undefined
  const tools = toolsOf(result)
  await pins.note(server, tools, pageOf(exchange, asked.params, result))
  const subject = mcpSubject(exchange, server)
  const withheld = judgedTogether()
  const left = new Set<JsonObject>()
  for (const { name, sha256, definition } of tools) {
    if (set.mode === 'enforce' && pins.isRefused(server, name, sha256)) {
      withheld.add({ ...nothingJudged, action: 'redact', mode: set.mode, policySet: set.version })
      continue
    }
    const isDrifted = pins.isDrifted(server, name)
    const facts = { server: server.name, tool: name, method: '', arguments: {}, caller, isDrifted }
    const blocked = blocksTool(set, subject, facts, fingerprintKey)
    if (blocked) withheld.add({ ...blocked.decision, action: 'redact' })
    else left.add(definition)
  }
  const decision = withheld.decision()
  if (!decision || !isObject(json.result)) return undefined
  const kept = { ...(JSON.parse(written) as JsonObject) }
  const all = isObject(kept.result) && Array.isArray(kept.result.tools) ? kept.result.tools : []
  const names = new Set([...left].map(({ name }) => name))
  const shown = all.filter((tool) => isObject(tool) && names.has(tool.name))
  return {
    text: JSON.stringify({ ...kept, result: { ...(kept.result as JsonObject), tools: shown } }),
    decision,
  }
}

/** A page is asked for by the cursor that the page before it had. */
function pageOf(
  { id, caller, session }: McpCall['exchange'],
  { cursor }: JsonObject,
  result: RpcResponse['result'],
): ToolsPage {
  const isLast = !isObject(result) || (result.nextCursor ?? undefined) === undefined
  return {
    ...{ exchange: id, reader: JSON.stringify([caller, session]) },
    ...{ isFirst: (cursor ?? undefined) === undefined, isLast },
  }
}
