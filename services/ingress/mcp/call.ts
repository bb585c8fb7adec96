import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision, McpMessage } from '@airs-cp/events'
import type { MirroredParam, Revision, RpcMessage, SessionState } from '@airs-cp/mcp'
import type { CompiledPolicySet } from '@airs-cp/policy-engine'
import type { Exchange } from '../exchange.ts'
import type { ExchangeRecorder } from '../recording/recorder.ts'
import type { MessageCover } from './cover-messages.ts'
import type { McpServer } from './servers.ts'

/** A request as it comes in. */
export type McpArrival = {
  exchange: Exchange
  record: ExchangeRecorder
  request: IncomingMessage
  response: ServerResponse
  body: Buffer
  /** As far as it is known which server, and what is said to it. */
  about: McpMessage
  /** Of a POST, as far as it could be read. */
  message: RpcMessage | undefined
  /** Aborts when the client has gone or the time of the exchange is over. */
  ended: AbortSignal
}

/** One that may go on to policy. */
export type McpCall = McpArrival & {
  server: McpServer
  /** The client's. */
  revision: Revision
  /** Of a session with a handshake. */
  state: SessionState | undefined
  caller: string
  /** The arguments of the tool that is called which its server wants in headers too; undefined where its definition is not known here. */
  mirrored: readonly MirroredParam[] | undefined
  set: CompiledPolicySet
  cover: MessageCover
}

/** A POST, with the text of its body. */
export type McpPost = McpCall & { message: RpcMessage; written: string }

/** How a call ended, for the record. */
export type CallEnd = {
  status: number
  /** `left`: the client has gone. */
  kind: 'completed' | 'blocked' | 'failed' | 'left'
  error?: { code: string; message: string } | undefined
  decision?: Decision | undefined
  isToolError?: boolean
  errorCode?: number | undefined
  messages?: number
}

/** Why `ended` aborts. */
export const clientLeft = new Error('the client has left')
export const timeIsOver = new Error('the time of the exchange is over')
