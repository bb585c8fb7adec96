import {
  type CalledTool,
  calledTool,
  noTools,
  offeredIn,
  type ReportedCall,
  serversIn,
  type Tools,
  withChosen,
} from '../../conversation/tools.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, mayHave, type SseFrame } from '../../sse.ts'
import { pointer } from '../../text-part.ts'
import { indexOf } from './frames.ts'

export function anthropicRequestTools(body: unknown): Tools {
  if (!isObject(body)) return noTools
  return {
    offered: withChosen(
      [...offeredIn(body.tools, '/tools'), ...serversIn(body.mcp_servers, '/mcp_servers')],
      body.tool_choice,
      '/tool_choice',
    ),
    calls: [...objectsOf(body.messages)].flatMap(([index, { content }]) =>
      blockCalls(content, pointer('/messages', index, 'content')),
    ),
  }
}

export function anthropicResponseTools(body: unknown): Tools {
  return isObject(body) ? { offered: [], calls: blockCalls(body.content, '/content') } : noTools
}

/** The call that a frame begins. The arguments follow in deltas as JSON, unless they stand there already. */
export function anthropicReportedCalls(frame: SseFrame): ReportedCall[] {
  if (!mayHave(frame.data, 'tool_use')) return []
  const event = frameJson(frame)
  const block = event?.content_block
  if (!event || !isObject(block) || !isCall(block)) return []
  const { name, input } = block
  const call = { channel: pointer('/content', indexOf(event), 'input'), name: stringOf(name) ?? '' }
  const isWhole = isObject(input) && Object.keys(input).length > 0
  return [isWhole ? { ...call, text: JSON.stringify(input) } : call]
}

function blockCalls(content: unknown, path: string): CalledTool[] {
  return [...objectsOf(content)].flatMap(([index, block]) =>
    isCall(block) ? [calledTool(pointer(path, index, 'input'), block.name, block.input)] : [],
  )
}

function isCall({ type }: JsonObject): boolean {
  return typeof type === 'string' && type.endsWith('tool_use')
}
