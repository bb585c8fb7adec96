import { errorCodes, type JsonObject } from '@airs-cp/mcp'
import { Refusal } from '../admission/refusal.ts'

/** A refusal that has a place in the protocol: a code of JSON-RPC, and headers beside it. */
export class McpRefusal extends Refusal {
  readonly rpcCode: number
  readonly data: JsonObject | undefined
  readonly headers: Record<string, string>

  constructor(
    status: number,
    code: string,
    rpcCode: number,
    message: string,
    { data, headers = {} }: { data?: JsonObject | undefined; headers?: Record<string, string> } = {},
  ) {
    super(status, code, message)
    this.rpcCode = rpcCode
    this.data = data
    this.headers = headers
  }
}

const rpcCodes: Record<string, number> = {
  invalid_json: errorCodes.parseError,
  ambiguous_json: errorCodes.invalidRequest,
  body_too_large: errorCodes.invalidRequest,
  too_many_values: errorCodes.invalidRequest,
  invalid_encoding: errorCodes.parseError,
  unsupported_encoding: errorCodes.invalidRequest,
  audit_unavailable: errorCodes.unrecorded,
  internal_error: errorCodes.internalError,
}

export function rpcCodeOf(refusal: Refusal): number {
  if (refusal instanceof McpRefusal) return refusal.rpcCode
  return rpcCodes[refusal.error.code ?? ''] ?? errorCodes.refused
}
