import type { Usage } from '@airs-cp/events'
import { countOf, isObject, type JsonObject, stringOf } from '../../json.ts'
import { indexPlaces, type OpaquePlace } from '../../read-texts.ts'
import { reportedUsage } from '../../usage/reported-usage.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiErrorBody } from '../openai/error.ts'
import { openaiFields, openaiOpaque } from '../openai/opaque.ts'
import { withoutEchoes } from '../openai/without-echoes.ts'
import { missing, readModelRequest, wrongKind } from '../read-request.ts'
import { createResponsesAssembler } from './assembler.ts'
import { createResponsesFollower, responsesErrorFrames } from './follower.ts'
import { isFinalEvent, responsesCompletedBy, responsesFrameTexts, responsesSignedBy } from './frames.ts'
import { keptResponses } from './kept.ts'
import { responsesRequestTexts, responsesResponseTexts } from './texts.ts'
import { responsesReportedCalls, responsesRequestTools, responsesResponseTools } from './tools.ts'
import { itemTurns, responsesTurns } from './turns.ts'

const opaque: OpaquePlace[] = [
  ...openaiOpaque,
  { path: '/**/image_url', kind: 'image', holds: 'url' },
  { path: '/**/file_data', kind: 'file', holds: 'base64' },
  { path: '/**/file_url', kind: 'file', holds: 'reference' },
  { path: '/output/*/result', kind: 'image', holds: 'base64' },
  { path: '/input/*/result', kind: 'image', holds: 'base64' },
  { path: '/output/*/content/*/data', kind: 'audio', holds: 'base64' },
  { path: '/**/input_audio/data', kind: 'audio', holds: 'base64' },
  { path: '/**/tools/*/container', kind: 'container', holds: 'reference' },
  ...['/input/*/id', '/items/*/id'].flatMap((path): OpaquePlace[] => [
    { path, kind: 'stored-item', holds: 'reference', within: isItemReference },
    { path, kind: 'image', holds: 'reference', within: isImageReference },
  ]),
  { path: '/previous_response_id', kind: 'stored-response', holds: 'reference' },
  { path: '/conversation', kind: 'stored-conversation', holds: 'reference' },
  { path: '/conversation/id', kind: 'stored-conversation', holds: 'reference' },
]

/** An item that its provider has: of which nothing but its id is said, or reasoning without its text. */
function isItemReference({ type, content, encrypted_content }: JsonObject): boolean {
  const isBare = content === undefined || content === null
  if (type === 'reasoning') return isBare && typeof encrypted_content !== 'string'
  return type === 'item_reference' || ((type === undefined || type === null) && isBare)
}

function isImageReference({ type, result }: JsonObject): boolean {
  return type === 'image_generation_call' && typeof result !== 'string'
}

/** What a response repeats of its request, where it was judged. */
const repeated = [
  ...['instructions', 'tools', 'metadata', 'text', 'prompt', 'reasoning', 'tool_choice', 'user'],
  ...['safety_identifier', 'prompt_cache_key', 'previous_response_id', 'conversation'],
].map((field): OpaquePlace => ({ path: `/${field}`, kind: 'echo', holds: 'echo' }))

/** OpenAI Responses: `POST /v1/responses`. */
export const openaiResponses: WireFormat = {
  id: 'openai.responses',
  routes: ['POST /v1/responses', 'POST /v1/responses/compact'],
  apis: ['openai'],
  hasDeploymentRoute: false,
  keptResponses,
  operationName: 'chat',
  generatesText: true,
  streamsText: true,
  // The provider stores responses, and runs tools.
  isRepeatable: false,
  listsModels: false,
  readRequest(body) {
    if (isObject(body) && body.model === undefined && isObject(body.prompt)) {
      // A stored prompt names its own model.
      const facts = readModelRequest({ ...body, model: '-' }, checkInput)
      return 'problem' in facts ? facts : { ...facts, model: undefined }
    }
    return readModelRequest(body, checkInput)
  },
  requestTexts: responsesRequestTexts,
  responseTexts: responsesResponseTexts,
  opaqueAt: indexPlaces(opaque),
  opaqueInResponse: indexPlaces([...opaque, ...repeated]),
  fields: openaiFields,
  isJsonText: (path) => path.endsWith('/arguments'),
  requestTools: responsesRequestTools,
  responseTools: responsesResponseTools,
  reportedCalls: responsesReportedCalls,
  requestTurns(body) {
    const continues = stringOf(body.previous_response_id)
    return { turns: responsesTurns(body), ...(continues !== undefined && { continues }) }
  },
  isResponse: ({ object, output, response }) =>
    object === 'response' || Array.isArray(output) || isObject(response),
  responseTurns: ({ output }) => itemTurns(output),
  frameTexts: responsesFrameTexts,
  completedBy: responsesCompletedBy,
  mayBeCompletedBy: () => [],
  opaqueInFrames: indexPlaces([
    ...opaque,
    ...repeated.map((place) => ({ ...place, path: `/response${place.path}` })),
    ...['/item', '/response/output/*'].flatMap((item): OpaquePlace[] => [
      { path: `${item}/result`, kind: 'image', holds: 'base64' },
      { path: `${item}/content/*/data`, kind: 'audio', holds: 'base64' },
    ]),
    { path: '/part/data', kind: 'audio', holds: 'base64' },
    { path: '/partial_image_b64', kind: 'image', holds: 'base64' },
  ]),
  signedBy: responsesSignedBy,
  repeatsTexts: true,
  withoutEchoes,
  usage: responsesUsage,
  finishReasons: responsesFinishReasons,
  errorBody: openaiErrorBody,
  errorFrames: (error) => responsesErrorFrames(error),
  isTerminator: isFinalEvent,
  createFollower: () =>
    createResponsesFollower({ usage: responsesUsage, finishReasons: responsesFinishReasons }),
  createAssembler: createResponsesAssembler,
}

function checkInput({ input, prompt, previous_response_id, conversation }: Record<string, unknown>) {
  if (typeof input === 'string' || Array.isArray(input)) return undefined
  if (input !== undefined && input !== null) return wrongKind('input', 'a string or an array', input)
  return prompt || previous_response_id || conversation ? undefined : missing('input')
}

function responsesUsage(body: unknown): Usage | undefined {
  if (!isObject(body) || !isObject(body.usage)) return undefined
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = body.usage
  return reportedUsage({
    inputTokens: countOf(input_tokens),
    outputTokens: countOf(output_tokens),
    cachedInputTokens: isObject(input_tokens_details)
      ? countOf(input_tokens_details.cached_tokens)
      : undefined,
    cacheWriteInputTokens: isObject(input_tokens_details)
      ? countOf(input_tokens_details.cache_write_tokens)
      : undefined,
    reasoningTokens: isObject(output_tokens_details)
      ? countOf(output_tokens_details.reasoning_tokens)
      : undefined,
  })
}

/** The status, or for an incomplete response the reason. */
function responsesFinishReasons(body: unknown): string[] {
  if (!isObject(body) || typeof body.status !== 'string' || body.status === 'in_progress') return []
  const { incomplete_details, status } = body
  const reason = isObject(incomplete_details) ? incomplete_details.reason : undefined
  return [typeof reason === 'string' ? reason : status]
}
