import { type Decision, eventTypes, uuidv7 } from '@airs-cp/events'
import type { RpcRequest, RpcResponse } from '@airs-cp/mcp'
import type { Block } from '@airs-cp/policy-engine'
import type { Exchange } from '../exchange.ts'
import type { ExchangeRecorder, Recorder } from '../recording/recorder.ts'
import type { McpCall } from './call.ts'
import { questionOpening, recordEnd, recordedText } from './describe-call.ts'
import type { JudgedMessage } from './judge-message.ts'
import type { McpServer } from './servers.ts'

type Question = {
  exchange: Exchange
  record: ExchangeRecorder
  server: McpServer
  /** On which it was asked, and with which it ends. */
  stream: symbol
}

/** What the client has answered, and what goes to the server of it. */
type Answer = { decision: Decision; blockedBy: Block | undefined; written: string; forwarded: string }

/**
 * What servers ask clients (sampling, elicitation, roots). Each is an exchange of its own: recorded before the client has it, and
 * closed by the client's answer before the server has that; by the end of its stream, where none comes.
 */
export function createQuestions({ recorder }: { recorder: Recorder }) {
  const open = new Map<string, Question>()
  const keyOf = ({ server, exchange, state }: McpCall, id: RpcResponse['id']) =>
    JSON.stringify([server.name, exchange.caller, state?.upstreamSession, state?.session, id])

  return {
    /** For the stream of one exchange. */
    open(call: McpCall) {
      const stream = Symbol()
      const asked = new Set<string>()
      return {
        /** Records a question. It may go to the client when the promise resolves. */
        async ask(question: RpcRequest, { evaluation }: JudgedMessage, written: string): Promise<void> {
          const { server } = call
          const exchange: Exchange = {
            ...call.exchange,
            id: uuidv7(),
            trace: undefined,
            startedAtMs: performance.now(),
          }
          const record = recorder.open(exchange).coverBy(call.cover)
          const about = {
            ...{ server: server.name, kind: 'request' as const, direction: 'server-to-client' as const },
            ...{ method: question.method, id: question.id },
          }
          await record.event(eventTypes.requestReceived, {
            ...(await questionOpening(exchange, record, written, about)),
            ...{ provider: server.provider, decision: evaluation.decision },
          })
          const key = keyOf(call, question.id)
          const earlier = open.get(key)
          asked.add(key)
          open.set(key, { exchange, record, server, stream })
          // A server that gives an id again takes back what it asked under it: an answer belongs to the later question.
          if (earlier) await abandon(earlier)
        },
        /** Closes those that nobody answered. */
        async close(): Promise<void> {
          for (const key of asked) {
            const question = open.get(key)
            if (question?.stream !== stream) continue
            open.delete(key)
            await abandon(question)
          }
        },
      }
    },
    /** Records an answer with its question. @returns whether the question is known here. */
    async answered(
      call: McpCall,
      { id, error }: RpcResponse,
      { decision, blockedBy, written, forwarded }: Answer,
    ): Promise<boolean> {
      const key = keyOf(call, id)
      const question = open.get(key)
      if (!question) return false
      open.delete(key)
      const kind = blockedBy ? 'blocked' : error ? 'failed' : 'completed'
      const reported = {
        code: 'mcp_error',
        message: `The client responded with JSON-RPC error ${error?.code}`,
      }
      question.record.coverBy(call.cover)
      const body = { written, ...(forwarded !== written && { forwarded }) }
      await end(question, body, {
        ...{ status: 200, kind, decision },
        ...(error && { errorCode: error.code, error: reported }),
      })
      return true
    },
  }
}

function abandon(question: Question): Promise<void> {
  return end(question, undefined, { status: 499, kind: 'left' })
}

async function end(
  { exchange, record, server }: Omit<Question, 'stream'>,
  body: { written: string; forwarded?: string } | undefined,
  ended: Parameters<typeof recordEnd>[3],
): Promise<void> {
  const recorded = (text: string | undefined) => (text === undefined ? undefined : recordedText(record, text))
  const outcome = {
    ...{ server, attempts: [], firstByteMs: undefined },
    body: await recorded(body?.written),
    delivered: await recorded(body?.forwarded),
  }
  return recordEnd(exchange, record, outcome, ended)
}
