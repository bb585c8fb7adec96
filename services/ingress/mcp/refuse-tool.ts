import { errorCodes, nameOf } from '@airs-cp/mcp'
import { inTurns } from '@airs-cp/policy-engine'
import { callConflictInSlices, mcpFormat } from '@airs-cp/providers'
import { Refusal } from '../admission/refusal.ts'
import type { McpPost } from './call.ts'
import { McpRefusal } from './mcp-refusal.ts'
import type { McpServer } from './servers.ts'
import type { ToolPins } from './tool-pins.ts'

/**
 * @throws McpRefusal -32010 where a person has refused the definition of the tool. @throws Refusal where one was refused and the
 * server may read the name of another tool than is read here.
 */
export async function refuseTool(
  { message, written }: Pick<McpPost, 'message' | 'written'>,
  server: McpServer,
  pins: Pick<ToolPins, 'isRefused' | 'hasRefused'>,
): Promise<void> {
  if (pins.hasRefused(server)) {
    const conflict = await inTurns(callConflictInSlices(written, mcpFormat.fields))
    if (conflict) throw new Refusal(400, 'ambiguous_json', conflict.message, conflict.path)
  }
  if (message.kind !== 'request' || message.method !== 'tools/call') return
  const tool = nameOf(message.method, message.params) ?? ''
  if (!pins.isRefused(server, tool)) return
  const text = `The definition of tool "${tool.slice(0, 100)}" was refused; it can be called when a person has approved it, or tools/list has shown here that it is defined otherwise`
  const refusal = new McpRefusal(403, 'tool_refused', errorCodes.blocked, text)
  refusal.error.type = 'policy_violation'
  throw refusal
}
