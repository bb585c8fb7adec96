import { type Attempt, eventTypes, roundedMs } from '@airs-cp/events'
import { type RpcMessage, type RpcResponse, readMessage } from '@airs-cp/mcp'
import type { JsonObject } from '@airs-cp/providers'
import { type Logger, logFailures } from '@airs-cp/runtime'
import { Refusal } from '../admission/refusal.ts'
import type { Recorder } from '../recording/recorder.ts'
import { toUpstreamError, UpstreamError } from '../upstream/upstream-error.ts'
import { blockedClientResponse, blockedResponse } from './blocked-result.ts'
import type { McpCall, McpPost } from './call.ts'
import { endOfFailure } from './call-ends.ts'
import { callServer } from './call-server.ts'
import { createClientSide } from './client-side.ts'
import { mcpOpening, recordEnd, recordedText } from './describe-call.ts'
import { exchangeWithServer } from './exchange-with-server.ts'
import { createCallJudge } from './judge-call.ts'
import type { JudgedMessage, MessageToJudge } from './judge-message.ts'
import { createLink } from './link.ts'
import { createQuestions } from './questions.ts'
import { asSent, handshake, headersOf } from './sent-message.ts'
import type { ToolPins } from './tool-pins.ts'

export type ConversationOptions = {
  fingerprintKey: string
  recorder: Recorder
  judge: (message: MessageToJudge) => JudgedMessage | Promise<JudgedMessage>
  pins: ToolPins
  log: Logger
}

/** Has one exchange with a server, from the decision on to the last byte. @returns its outcome, for metrics. */
export function createConversation(options: ConversationOptions) {
  const judge = createCallJudge(options.judge, options.pins)
  const questions = createQuestions(options)
  const link = createLink()
  const failures = logFailures(options.log, 'mcp server failed', 'server')
  const server = { ...options, judge, link, questions, failures }

  return async (
    call: McpCall,
    post: { message: RpcMessage; written: string } | undefined,
  ): Promise<string> => {
    if (!post) return pass(call)
    if (post.message.kind === 'response') return answer({ ...call, ...post })
    return ask({ ...call, ...post })
  }

  /** @throws Refusal where two readers may take the message differently. */
  async function decide(call: McpPost, written: string) {
    const judged = await judge(call, 'request', { json: call.message.json as JsonObject, written })
    if (judged.conflict !== undefined) throw new Refusal(400, 'ambiguous_json', judged.conflict)
    return { ...judged.evaluation, edited: judged.edited }
  }

  /** A request or notification of the client's. */
  async function ask(call: McpPost): Promise<string> {
    const { written, message } = handshake(call)
    const { decision, blockedBy, edited } = await decide(call, written)
    const opening = { ...(await mcpOpening(call)), provider: call.server.provider, decision }
    if (blockedBy) {
      const last = blockedResponse(message, blockedBy)
      await call.record.event(eventTypes.requestBlocked, { ...opening, status: last.status })
      createClientSide(call.response, call.exchange, () => ({})).end(last, blockedBy.action)
      return 'request-blocked'
    }
    const sent = asSent(message, edited)
    const headers = headersOf(call, sent)
    const changed = edited !== undefined && {
      forwarded: { body: await recordedText(call.record, edited), changes: ['redacted' as const] },
    }
    await call.record.event(eventTypes.requestReceived, { ...opening, ...changed })
    return exchangeWithServer(server, call, sent, { headers, body: edited ?? written })
  }

  /** The client's response to what a server asked: it ends the exchange of that question. */
  async function answer(post: McpPost): Promise<string> {
    const { written } = post
    const message = post.message as RpcResponse
    const { decision, blockedBy, edited } = await decide(post, written)
    const forwarded = blockedBy
      ? JSON.stringify(blockedClientResponse(message, blockedBy))
      : (edited ?? written)
    const isKnown = await questions.answered(post, message, {
      ...{ decision, blockedBy, written, forwarded },
    })
    const client = createClientSide(post.response, post.exchange, () => ({}))
    const end = (status: number) =>
      client.end({ status, bytes: Buffer.alloc(0), mediaType: undefined }, decision.action)
    const headers = headersOf(post, message)
    const forLink = readMessage(JSON.parse(forwarded))
    if (forLink.kind === 'response' && link.answers(post, { ...forLink, id: message.id })) {
      end(202)
      return 'completed'
    }
    if (!isKnown) {
      // Of a question that this process did not pass on, or that is closed: an exchange of its own.
      const opening = { ...(await mcpOpening(post)), provider: post.server.provider, decision }
      await post.record.event(eventTypes.requestReceived, opening)
      return exchangeWithServer(server, post, undefined, { headers, body: forwarded })
    }
    const startedAtMs = performance.now()
    const reply = await callServer(post.server, {
      ...{ method: 'POST', headers, body: forwarded },
      signal: post.ended,
    }).catch((error) => toUpstreamError(error, post.server.provider, false))
    if (reply instanceof UpstreamError) {
      // The answer is recorded with its question, and may have arrived: that it failed is an exchange of its own.
      const ending = endOfFailure(undefined, reply, false, { decision })
      const attempt = attemptOf(post, startedAtMs, reply)
      await post.record.event(eventTypes.requestReceived, {
        ...(await mcpOpening(post)),
        ...{ provider: post.server.provider, decision },
      })
      await recordEnd(
        post.exchange,
        post.record,
        {
          ...{ server: post.server, body: undefined, delivered: undefined },
          ...{ attempts: [attempt], firstByteMs: undefined },
        },
        ending.end,
      )
      if (typeof ending.last === 'object') client.end(ending.last, decision.action)
      return 'failed'
    }
    reply.close()
    end(reply.status)
    return reply.status < 400 ? 'completed' : 'failed'
  }

  function attemptOf(
    { exchange, server: { provider } }: McpCall,
    startedAtMs: number,
    error: Error,
  ): Attempt {
    return {
      provider,
      startedAfterMs: roundedMs(startedAtMs - exchange.startedAtMs),
      durationMs: roundedMs(performance.now() - startedAtMs),
      error: error.message,
    }
  }

  /** A stream of what the server says of its own accord, or the end of a session: recorded, and passed on. */
  async function pass(call: McpCall): Promise<string> {
    const { decision } = (await judge(call, 'request', { json: {}, written: '{}' })).evaluation
    const opening = { ...(await mcpOpening(call)), provider: call.server.provider, decision }
    const headers = headersOf(call, undefined)
    await call.record.event(eventTypes.requestReceived, opening)
    return exchangeWithServer(server, call, undefined, { headers, body: undefined })
  }
}
