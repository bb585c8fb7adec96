import { errorCodes, errorMessage, isToolError, type RpcMessage, type RpcResponse } from '@airs-cp/mcp'
import { UpstreamError } from '../upstream/upstream-error.ts'
import type { CallEnd } from './call.ts'
import { type LastBytes, lastMessage } from './client-side.ts'

/** How a call ends, and what the client gets last: nothing where it has left, a cut where no message can say why. */
export type Ending = { end: CallEnd; last: LastBytes | 'cut' | 'none' }

/** What was judged of a call so far. */
export type Judged = Pick<CallEnd, 'decision' | 'messages'>

/** The end of a call that has its result: an error of the protocol and a tool that failed are failures, whatever the status. */
export function endWithResult(
  server: string,
  { error, result }: RpcResponse,
  status: number,
  judged: Judged,
): CallEnd {
  const base = { status, ...judged }
  if (error)
    return {
      ...{ ...base, kind: 'failed', errorCode: error.code },
      error: {
        code: 'mcp_error',
        message: `MCP server ${server} responded with JSON-RPC error ${error.code}`,
      },
    }
  if (isToolError(result))
    return {
      ...{ ...base, kind: 'failed', isToolError: true },
      error: { code: 'tool_error', message: `A tool of MCP server ${server} reported that it failed` },
    }
  return { ...base, kind: 'completed' }
}

/**
 * The body of the server is over, and there was no result in it.
 * @throws UpstreamError where there had to be one.
 */
export function endWithoutResult(
  server: string,
  asked: RpcMessage | undefined,
  { status, isStream, mediaType }: { status: number; isStream: boolean; mediaType: string | undefined },
  judged: Judged,
): Ending {
  const request = asked?.kind === 'request' ? asked : undefined
  if (status >= 400) {
    if (request && status !== 404 && status !== 405)
      throw new UpstreamError(
        'upstream_malformed',
        `MCP server ${server} responded with status ${status} and no message`,
      )
    const message = `MCP server ${server} responded with status ${status}`
    const text = JSON.stringify(errorMessage(request?.id, errorCodes.serverFailed, message))
    return {
      end: { kind: 'failed', status, error: { code: 'upstream_status', message } },
      last: lastMessage(text, false, status),
    }
  }
  if (request)
    throw new UpstreamError(
      'upstream_cut',
      `MCP server ${server} ended its response without a result (status ${status}, Content-Type ${mediaType ?? 'missing'})`,
    )
  return {
    end: { kind: 'completed', status, ...judged },
    last: { status, bytes: Buffer.alloc(0), mediaType: isStream ? 'text/event-stream' : undefined },
  }
}

/** The end of a call that failed once it was sent. What the client asked gets an error with its id. */
export function endOfFailure(
  asked: RpcMessage | undefined,
  { code, message, status }: Pick<UpstreamError, 'message' | 'status'> & { code: string },
  isBegun: boolean,
  judged: Judged,
): Ending {
  const request = asked?.kind === 'request' ? asked : undefined
  const shown = request ? 200 : status
  const text = JSON.stringify(errorMessage(request?.id, errorCodes.serverFailed, message, { reason: code }))
  return {
    end: { kind: 'failed', status: shown, error: { code, message }, ...judged },
    last: request || !isBegun ? lastMessage(text, isBegun, shown) : 'cut',
  }
}
