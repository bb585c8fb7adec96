import { type Attempt, roundedMs } from '@airs-cp/events'
import { errorCodes, errorMessage, type RpcMessage, type RpcRequest, type RpcResponse } from '@airs-cp/mcp'
import { type Block, enforces } from '@airs-cp/policy-engine'
import { type JsonObject, readFrame, type SseFrame, sseText, withFrameData } from '@airs-cp/providers'
import type { Failures, Logger } from '@airs-cp/runtime'
import { toRefusal, unrecorded } from '../admission/refusal.ts'
import { besideData } from '../decision/texts-of-frames.ts'
import { pushInTurns } from '../recording/body-recorder.ts'
import { UpstreamError } from '../upstream/upstream-error.ts'
import { agree } from './agree.ts'
import { blockedResult } from './blocked-result.ts'
import { type CallEnd, clientLeft, type McpCall } from './call.ts'
import { type Ending, endOfFailure, endWithoutResult, endWithResult, type Judged } from './call-ends.ts'
import { callServer, type ServerReply } from './call-server.ts'
import { createClientSide, lastMessage } from './client-side.ts'
import { recordEnd } from './describe-call.ts'
import type { JudgeMessage } from './judge-call.ts'
import { type JudgedMessage, mcpSubject } from './judge-message.ts'
import { judgedTogether } from './judged-together.ts'
import type { createLink, Sent } from './link.ts'
import { listTools } from './list-tools.ts'
import type { createQuestions } from './questions.ts'
import { checkId, readFrameMessage } from './read-frame-message.ts'
import { headersOf } from './sent-message.ts'
import type { ToolPins } from './tool-pins.ts'

export type ServerExchangeOptions = {
  fingerprintKey: string
  pins: ToolPins
  failures: Failures
  log: Logger
  judge: JudgeMessage
  link: ReturnType<typeof createLink>
  questions: ReturnType<typeof createQuestions>
}

/**
 * From the dispatch on: whatever happens now, an outcome is recorded, and before the client has the end of it.
 * @param asked the message that is sent; undefined for a stream, the end of a session, and a response to a question that is not known.
 * @returns the outcome, for metrics.
 */
export async function exchangeWithServer(
  options: ServerExchangeOptions,
  call: McpCall,
  asked: RpcMessage | undefined,
  sent: Sent,
): Promise<string> {
  const { judge, link, questions, fingerprintKey } = options
  const { exchange, record, response, server, ended } = call
  const startedAtMs = performance.now()
  const attempt: Attempt = {
    provider: server.provider,
    startedAfterMs: roundedMs(startedAtMs - exchange.startedAtMs),
    durationMs: 0,
  }
  const question = asked?.kind === 'request' ? asked : undefined
  const fromServer = record.openBody()
  let toClient = mayChange(call) ? record.openBody() : undefined
  let reply: ServerReply | undefined
  let firstByteMs: number | undefined
  let isStream = false
  let isChanged = false
  let session: Record<string, string> = {}
  const decisions = judgedTogether()
  let messages = 0
  const judged = (): Judged => ({ decision: decisions.decision(), messages })
  const client = createClientSide(response, exchange, () => session)
  const opened = questions.open(call)

  /** The head of a response to a handshake names the session, which its result decides on: nothing goes out before. */
  const isHandshake = question?.method === 'initialize'
  const early: Buffer[] = []
  const passOn = async (frame: SseFrame) => {
    if (isHandshake) {
      early.push(frame.raw)
      return
    }
    if (toClient) await pushInTurns(toClient, frame.raw)
    await client.frame(frame.raw)
  }

  const take = async (): Promise<Ending> => {
    reply = await link.ask(call, asked, sent)
    if (reply.isTranslated) toClient ??= record.openBody()
    attempt.status = reply.status
    firstByteMs = performance.now() - exchange.startedAtMs
    isStream = reply.kind === 'stream'
    if (reply.status === 401 || reply.status === 403)
      throw new UpstreamError(
        'upstream_unreachable',
        `MCP server ${server.name} refuses the credential of this gateway (status ${reply.status})`,
      )
    for await (const came of reply.frames()) {
      await pushInTurns(fromServer, came.original ?? came.raw)
      const frame = isStream ? await judgeBeside(came) : came
      if (frame.data.trim() === '' && isStream) {
        if (frame.raw.length > 0) await passOn(frame)
        continue
      }
      if (reply.kind === 'text') break
      const { message, written } = readFrameMessage(frame, server.name)
      const isResponse = message.kind === 'response'
      if (isResponse && question) checkId(question, message, server.name)
      if (isResponse && !isStream && asked === undefined && exchange.method === 'POST') break
      const found = await judgeFrame(message.json as JsonObject, written)
      const { blockedBy } = found.evaluation
      if (isResponse && (question || !isStream)) return await lastOf(message, found, written, blockedBy)
      if (isResponse) await passResultOn(frame, message, found)
      else await passMessageOn(frame, message, found, written)
    }
    const mediaType = reply.headers['content-type']
    return endWithoutResult(server.name, asked, { status: reply.status, isStream, mediaType }, judged())
  }

  /** A frame of a stream without its comments, ids and whatever else stands beside its message, where policies change or block them. */
  const judgeBeside = async (frame: SseFrame): Promise<SseFrame> => {
    const said = besideData(frame, 'message')
    if (said === '') return frame
    const json = { beside: said }
    const { evaluation, edited } = await judge(call, 'response', { json, written: JSON.stringify(json) })
    decisions.add(evaluation.decision)
    if (!evaluation.blockedBy && edited === undefined) return frame
    isChanged = true
    if (frame.data.trim() === '') return { event: undefined, data: '', raw: Buffer.alloc(0) }
    return readFrame(Buffer.from(sseText(frame.data, 'message')))
  }

  const judgeFrame = async (json: JsonObject, written: string): Promise<JudgedMessage> => {
    const found = await judge(call, 'response', { json, written })
    if (found.conflict !== undefined)
      throw new UpstreamError(
        'upstream_malformed',
        `MCP server ${server.name} sent a message that can be read in two ways: ${found.conflict}`,
      )
    decisions.add(found.evaluation.decision)
    if (found.evaluation.blockedBy || found.edited !== undefined) isChanged = true
    return found
  }

  /** A stream that goes on after a break brings the result of an earlier request. */
  const passResultOn = async (frame: SseFrame, { id }: RpcResponse, found: JudgedMessage) => {
    const { blockedBy } = found.evaluation
    await passOn(
      blockedBy
        ? withFrameData(frame, JSON.stringify(blockedResult(id, undefined, blockedBy)))
        : edited(frame, found),
    )
  }

  /** What a server asks or reports before its result. */
  const passMessageOn = async (
    frame: SseFrame,
    message: Exclude<RpcMessage, RpcResponse>,
    found: JudgedMessage,
    written: string,
  ) => {
    const { blockedBy } = found.evaluation
    messages += 1
    if (blockedBy) {
      if (message.kind === 'request') await refuseQuestion(call, message, blockedBy)
      return
    }
    if (message.kind === 'request') await opened.ask(message, found, written)
    await passOn(edited(frame, found))
  }

  const lastOf = async (
    message: RpcResponse,
    found: JudgedMessage,
    written: string,
    blockedBy: Block | undefined,
  ): Promise<Ending> => {
    if (blockedBy) {
      const text = JSON.stringify(blockedResult(message.id, asked, blockedBy))
      return {
        end: { kind: 'blocked', status: 200, ...judged() },
        last: lastMessage(text, isStream || client.isBegun()),
      }
    }
    const listed = await listTools(call, asked, message, found.edited ?? written, options)
    if (listed) {
      decisions.add(listed.decision)
      isChanged = true
    }
    const agreed = isHandshake ? agree(call, message, reply!, fingerprintKey) : undefined
    if (agreed) session = { 'mcp-session-id': agreed }
    const { status } = reply!
    const text = listed?.text ?? found.edited ?? written
    return {
      end: endWithResult(server.name, message, status, judged()),
      last: lastMessage(text, isStream || client.isBegun(), status),
    }
  }

  const endOfError = (error: unknown): Ending => {
    if (ended.aborted && ended.reason === clientLeft)
      return { end: { kind: 'left', status: client.isBegun() ? 200 : 499 }, last: 'none' }
    // A stream that nothing ended is closed at its time, or when it was silent for long; clients open the next one.
    const isSilent = error instanceof UpstreamError && error.code === 'upstream_timeout'
    if ((ended.aborted || isSilent) && isStream && !question)
      return {
        end: { kind: 'completed', status: 200, ...judged() },
        last: { status: 200, bytes: Buffer.alloc(0), mediaType: 'text/event-stream' },
      }
    const failure = ended.aborted
      ? new UpstreamError(
          'upstream_timeout',
          `MCP server ${server.name} did not respond within ${server.limits.totalMs} ms (limits.totalMs)`,
        )
      : error
    if (failure instanceof UpstreamError) {
      options.failures.failed(server.name, failure, exchange.id)
      attempt.error = failure.message
      return endOfFailure(asked, failure, client.isBegun(), judged())
    }
    // It was sent: what goes wrong here afterwards is how the call ended, and no refusal.
    const { status, code, message } = toRefusal(error).error
    options.log.warn({ err: error, exchange: exchange.id, server: server.name }, 'mcp call failed here')
    return endOfFailure(asked, { status, code: code ?? 'error', message }, client.isBegun(), judged())
  }

  const { end, last } = await take().catch(endOfError)
  attempt.durationMs = roundedMs(performance.now() - startedAtMs)
  if (end.kind === 'completed') options.failures.worked(server.name)
  if (typeof last === 'object' && isStream && early.length > 0)
    last.bytes = Buffer.concat([...early, last.bytes])
  if (typeof last === 'object' && toClient) await pushInTurns(toClient, last.bytes)
  const mediaType = isStream
    ? 'text/event-stream'
    : String(reply?.headers['content-type'] ?? 'application/json')
  const mustTell = isChanged || end.kind === 'blocked' || reply?.isTranslated === true
  try {
    await opened.close()
    await recordEnd(
      exchange,
      record,
      {
        ...{ server, attempts: [attempt], firstByteMs },
        body: fromServer.bytes() > 0 ? fromServer.finish(mediaType) : undefined,
        delivered: mustTell ? toClient?.finish(mediaType) : undefined,
      },
      end,
    )
  } catch (error) {
    if (response.headersSent) response.destroy()
    throw unrecorded(error)
  } finally {
    reply?.close()
  }
  if (last === 'cut') client.cut()
  else if (last !== 'none') client.end(last, end.decision?.action ?? 'allow')
  return outcomeNames[end.kind]
}

async function refuseQuestion(call: McpCall, { id }: RpcRequest, { message }: Block): Promise<void> {
  const body = JSON.stringify(errorMessage(id, errorCodes.blocked, message))
  const headers = headersOf(call, undefined)
  const reply = await callServer(call.server, { method: 'POST', headers, body, signal: call.ended })
  reply.close()
}

/** Whether policies may change what comes from the server, so that what the client got is recorded too. */
function mayChange({ set, exchange, server }: McpCall): boolean {
  const subject = mcpSubject(exchange, server)
  return enforces(set, 'response', subject) || enforces(set, 'request', subject)
}

const outcomeNames: Record<CallEnd['kind'], string> = {
  completed: 'completed',
  blocked: 'response-blocked',
  failed: 'failed',
  left: 'aborted',
}

/** With the id by which a client goes on after a break. */
function edited(frame: SseFrame, { edited: text }: JudgedMessage): SseFrame {
  return text === undefined ? frame : withFrameData(frame, text)
}
