import { isObject } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { frameJson } from '../../sse.ts'
import type { WireFormat } from '../../wire-format.ts'
import { compacted } from '../openai/opaque.ts'
import { checkMessages, readModelRequest } from '../read-request.ts'
import { createAnthropicAssembler } from './assembler.ts'
import { anthropicErrorBody, anthropicErrorFrames } from './error.ts'
import { createAnthropicFollower } from './follower.ts'
import { anthropicCompletedBy, anthropicFrameTexts, anthropicMayBeCompletedBy } from './frames.ts'
import { anthropicRequestTexts, anthropicResponseTexts } from './texts.ts'
import { anthropicReportedCalls, anthropicRequestTools, anthropicResponseTools } from './tools.ts'
import { anthropicTurns, blockTurns } from './turns.ts'
import { anthropicUsage } from './usage.ts'

/** Anthropic Messages: `POST /v1/messages`. */
export const anthropicMessages: WireFormat = {
  id: 'anthropic.messages',
  routes: ['POST /v1/messages'],
  apis: ['anthropic'],
  translatedPath: () => '/messages',
  hasDeploymentRoute: false,
  operationName: 'chat',
  generatesText: true,
  streamsText: true,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts: anthropicRequestTexts,
  responseTexts: anthropicResponseTexts,
  opaqueAt: indexPlaces([
    compacted,
    { path: '/**/signature', kind: 'signature', holds: 'sealed' },
    { path: '/messages/*/content/*/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/content/*/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/encrypted_content', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/encrypted_index', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/source/data', kind: 'file', holds: 'base64' },
    { path: '/**/source/url', kind: 'file', holds: 'url' },
    { path: '/**/file_id', kind: 'file', holds: 'reference' },
    { path: '/container', kind: 'container', holds: 'reference' },
    { path: '/container/id', kind: 'container', holds: 'reference' },
    { path: '/container/skills/*/skill_id', kind: 'skill', holds: 'reference' },
  ]),
  fields: new Set([
    ...[
      'messages',
      'model',
      'role',
      'content',
      'tools',
      'tool_choice',
      'name',
      'system',
      'input',
      'stream',
      'type',
    ],
    ...['max_tokens', 'mcp_servers', 'metadata', 'container', 'stop_sequences', 'input_schema'],
  ]),
  isJsonText: (path) => /^\/content\/\d+\/input$/.test(path),
  requestTools: anthropicRequestTools,
  responseTools: anthropicResponseTools,
  reportedCalls: anthropicReportedCalls,
  requestTurns: (body) => ({ turns: anthropicTurns(body) }),
  isResponse: ({ type }) => type === 'message' || type === 'message_start',
  responseTurns: ({ content }) => blockTurns(content, 'assistant'),
  frameTexts: anthropicFrameTexts,
  completedBy: anthropicCompletedBy,
  mayBeCompletedBy: anthropicMayBeCompletedBy,
  opaqueInFrames: indexPlaces([
    compacted,
    { path: '/**/signature', kind: 'signature', holds: 'sealed' },
    { path: '/content_block/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/message/content/*/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/encrypted_content', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/encrypted_index', kind: 'encrypted', holds: 'sealed' },
    { path: '/**/source/data', kind: 'file', holds: 'base64' },
    { path: '/**/source/url', kind: 'file', holds: 'url' },
    { path: '/**/file_id', kind: 'file', holds: 'reference' },
    { path: '/message/container/id', kind: 'container', holds: 'reference' },
    { path: '/delta/container/id', kind: 'container', holds: 'reference' },
  ]),
  repeatsTexts: false,
  withoutEchoes: (json) => json,
  usage: anthropicUsage,
  finishReasons: (body) => (isObject(body) && typeof body.stop_reason === 'string' ? [body.stop_reason] : []),
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
  isTerminator: (frame) => frameJson(frame)?.type === 'message_stop',
  createFollower: createAnthropicFollower,
  createAssembler: createAnthropicAssembler,
}
