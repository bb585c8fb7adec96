import { nameOf, readMessage } from '@airs-cp/mcp'
import type { McpFacts } from '@airs-cp/policy-engine'
import type { JsonObject } from '@airs-cp/providers'
import type { McpCall } from './call.ts'
import type { JudgedMessage, MessageToJudge } from './judge-message.ts'
import type { ToolPins } from './tool-pins.ts'

/** Judges one message of a call, and notes what of it was covered. */
export type JudgeMessage = (
  call: McpCall,
  direction: 'request' | 'response',
  message: { json: JsonObject; written: string },
) => Promise<JudgedMessage>

export function createCallJudge(
  judge: (message: MessageToJudge) => JudgedMessage | Promise<JudgedMessage>,
  pins: ToolPins,
): JudgeMessage {
  return async (call, direction, { json, written }) => {
    const { set, exchange, server } = call
    const judged = await judge({
      ...{ set, direction, exchange, server, json, written },
      facts: factsOf(call, direction, json, pins),
    })
    call.cover.add(judged)
    return judged
  }
}

/** What conditions know of a message: of a response, what was asked. */
function factsOf(
  call: McpCall,
  direction: 'request' | 'response',
  json: JsonObject,
  pins: ToolPins,
): McpFacts {
  const asked = direction === 'request' ? readMessage(json) : call.message
  const of = asked && (asked.kind === 'request' || asked.kind === 'notification') ? asked : undefined
  const params = of?.params ?? {}
  const tool = of?.method === 'tools/call' ? (nameOf(of.method, params) ?? '') : ''
  return {
    server: call.server.name,
    tool,
    method: of?.method ?? '',
    arguments: params.arguments ?? {},
    caller: call.caller,
    isDrifted: tool !== '' && pins.isDrifted(call.server, tool),
  }
}
