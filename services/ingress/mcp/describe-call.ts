import {
  type Attempt,
  type Decision,
  eventTypes,
  type McpMessage,
  type RecordedBody,
  roundedMs,
} from '@airs-cp/events'
import { mcpFormat } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { openingOf } from '../recording/describe.ts'
import type { ExchangeRecorder, RecordedData } from '../recording/recorder.ts'
import type { CallEnd, McpArrival } from './call.ts'
import type { McpServer } from './servers.ts'

const mostCharacters = 256

/** What every event that opens such an exchange says. */
export async function mcpOpening({ exchange, record, request, body, about }: McpArrival) {
  const opening = await openingOf(exchange, record, request, body, mcpFormat)
  return { ...opening, mcp: bounded(about) }
}

/** Of a request that a server makes: its bytes are not those that came in. */
export async function questionOpening(
  exchange: Exchange,
  record: ExchangeRecorder,
  written: string,
  about: McpMessage,
) {
  const { path, tags, agent, sources, credential, key } = exchange
  const body = await recordedText(record, written)
  return {
    request: { method: 'POST', path, format: mcpFormat.id, stream: false, body },
    ...{ tags, agent, sources, credential, key, mcp: bounded(about) },
  }
}

/** A message, as much of it as is to be recorded. */
export async function recordedText(record: ExchangeRecorder, written: string): Promise<RecordedBody> {
  const bytes = Buffer.from(written)
  return record.body(bytes, 'application/json', record.cover().request(bytes))
}

function bounded(about: McpMessage): McpMessage {
  const cut = (text: string | undefined) => text?.slice(0, mostCharacters)
  const id = typeof about.id === 'string' ? about.id.slice(0, mostCharacters) : about.id
  return { ...about, method: cut(about.method), name: cut(about.name), id }
}

/** What is known of the call when it ends. */
export type CallOutcome = {
  server: McpServer
  body: RecordedBody | undefined
  delivered: RecordedBody | undefined
  attempts: Attempt[]
  firstByteMs: number | undefined
}

type Closing =
  | typeof eventTypes.responseCompleted
  | typeof eventTypes.responseBlocked
  | typeof eventTypes.responseFailed
  | typeof eventTypes.responseAborted

/** Records how a call ended. Resolves when that is as safe as the recording mode promises. */
export async function recordEnd(
  exchange: Exchange,
  record: ExchangeRecorder,
  { server, body, delivered, attempts, firstByteMs }: CallOutcome,
  end: CallEnd,
): Promise<void> {
  const settled = (kept: RecordedBody) =>
    record.settle(kept, (bytes) =>
      record.cover().response({ bytes, format: mcpFormat, isStream: false, judged: end.decision }),
    )
  const outcome = {
    provider: server.provider,
    keyId: exchange.key?.id,
    status: end.status,
    stream: body?.mediaType === 'text/event-stream',
    body: body && (await settled(body)),
    ...(delivered && { delivered: { body: await settled(delivered), changes: ['redacted' as const] } }),
    attempts,
    mcp: {
      ...(end.isToolError && { isToolError: true as const }),
      ...(end.errorCode !== undefined && { errorCode: end.errorCode }),
      ...(end.messages !== undefined && end.messages > 0 && { messages: end.messages }),
    },
    timing: {
      ...(firstByteMs !== undefined && { firstByteMs: roundedMs(firstByteMs) }),
      durationMs: roundedMs(performance.now() - exchange.startedAtMs),
    },
  }
  const decision = end.decision ?? nothingJudged
  const write = <Type extends Closing>(type: Type, data: RecordedData<Type>) => record.event(type, data)
  switch (end.kind) {
    case 'left':
      return write(eventTypes.responseAborted, outcome)
    case 'blocked':
      return write(eventTypes.responseBlocked, { ...outcome, decision })
    case 'completed':
      return write(eventTypes.responseCompleted, { ...outcome, decision })
    case 'failed': {
      const error = end.error ?? {
        code: 'upstream_error',
        message: `MCP server ${server.name} reported an error`,
      }
      const judged = end.decision && { decision: end.decision }
      return write(eventTypes.responseFailed, { ...outcome, error, ...judged })
    }
  }
}

/** Of what has nothing to judge, such as a notification that was accepted. */
export const nothingJudged: Decision = {
  action: 'allow',
  mode: 'observe',
  policySet: 0,
  verdicts: [],
  findings: [],
  scanned: { characters: 0, skipped: [] },
}
