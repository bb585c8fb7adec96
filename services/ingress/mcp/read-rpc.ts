import { type RpcMessage, readMessage } from '@airs-cp/mcp'
import { maxNesting, nestsTooDeep } from '@airs-cp/providers'

/** A message of JSON-RPC that can be judged: what looks for texts in it, and edits them, goes down to every value. */
export function readRpc(json: unknown): RpcMessage | { kind: 'invalid'; problem: string } {
  if (nestsTooDeep(json)) return { kind: 'invalid', problem: `it nests deeper than ${maxNesting} levels` }
  return readMessage(json)
}
