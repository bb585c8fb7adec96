import { type BodyDocument, readDocuments } from '../body/documents.ts'
import { isObject, type JsonObject, listOf, stringOf } from '../json.ts'

/** A response that is no conversation. */
export type MediaResponse = { mediaType: string; body: Buffer } | JsonObject

type Media = (fields: JsonObject, id: string, documents: readonly BodyDocument[]) => MediaResponse

/** The smallest picture. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const usage = { input_tokens: 5, output_tokens: 5, total_tokens: 10 }
const image: Media = ({ prompt }) => ({
  created: 1,
  data: [{ b64_json: pixel, revised_prompt: stringOf(prompt) ?? '' }],
  usage,
})
/** What was said is the prompt, since the mock does not hear. */
const transcription: Media = ({ prompt, response_format }) => {
  const text = stringOf(prompt) || 'The mock does not hear.'
  return response_format === 'text' ? { mediaType: 'text/plain', body: Buffer.from(text) } : { text, usage }
}
const file = (id: string, filename: string, bytes: number): JsonObject => ({
  ...{ id, object: 'file', bytes, created_at: 1, filename, purpose: 'batch', status: 'processed' },
})
const batch = (id: string): JsonObject => ({
  ...{ id, object: 'batch', endpoint: '/v1/chat/completions', completion_window: '24h', created_at: 1 },
  ...{ status: 'completed', input_file_id: 'file-mock', output_file_id: 'file-results' },
})
const messageBatch = (id: string): JsonObject => ({
  ...{ id, type: 'message_batch', processing_status: 'ended', created_at: '2026-01-01T00:00:00Z' },
  request_counts: { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 },
  results_url: `https://api.anthropic.com/v1/messages/batches/${id}/results`,
})
const lines = (...objects: JsonObject[]): MediaResponse => ({
  mediaType: 'application/jsonl',
  body: Buffer.from(objects.map((object) => `${JSON.stringify(object)}\n`).join('')),
})
const chatResult = {
  ...{ id: 'chatcmpl-mock', object: 'chat.completion', created: 1, model: 'mock' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'A result.' }, finish_reason: 'stop' }],
}
const messageResult = {
  ...{ id: 'msg_mock', type: 'message', role: 'assistant', model: 'mock', stop_reason: 'end_turn' },
  content: [{ type: 'text', text: 'A result.' }],
}

const responses: Record<string, Media> = {
  'POST /v1/images/generations': image,
  'POST /v1/images/edits': image,
  'POST /v1/images/variations': image,
  'POST /v1/audio/speech': ({ input }) => ({
    mediaType: 'audio/mpeg',
    body: Buffer.concat([
      Buffer.from([0xff, 0xf3, 0x00, 0x01]),
      Buffer.alloc(100 * (stringOf(input) ?? '').length),
    ]),
  }),
  'POST /v1/audio/transcriptions': transcription,
  'POST /v1/audio/translations': transcription,
  'POST /v1/moderations': ({ input }) => ({
    ...{ id: 'modr-mock', model: 'mock' },
    results: (Array.isArray(input) ? input : [input]).map(() => ({
      ...{ flagged: false, categories: {}, category_scores: {} },
    })),
  }),
  'POST /v1/rerank': ({ documents }) => ({
    id: 'rerank-mock',
    results: listOf(documents).map((document, index) => ({
      index,
      relevance_score: 1 / (index + 1),
      document,
    })),
  }),
  'POST /v1/files': (_, __, documents) =>
    file(
      'file-mock',
      'mock.jsonl',
      documents.reduce((sum, { from, to }) => sum + to - from, 0),
    ),
  'GET /v1/files': () => ({ object: 'list', data: [file('file-mock', 'mock.jsonl', 1)], has_more: false }),
  'GET /v1/files/{id}': (_, id) => file(id, 'mock.jsonl', 1),
  'DELETE /v1/files/{id}': (_, id) => ({ id, object: 'file', deleted: true }),
  'GET /v1/files/{id}/content': () =>
    lines({ id: 'r1', custom_id: '1', response: { status_code: 200, body: chatResult }, error: null }),
  'POST /v1/batches': () => batch('batch_mock'),
  'GET /v1/batches/{id}': (_, id) => batch(id),
  'POST /v1/batches/{id}/cancel': (_, id) => ({ ...batch(id), status: 'cancelling' }),
  'POST /v1/messages/batches': () => messageBatch('msgbatch_mock'),
  'GET /v1/messages/batches/{id}': (_, id) => messageBatch(id),
  'GET /v1/messages/batches/{id}/results': () =>
    lines({ custom_id: '1', result: { type: 'succeeded', message: messageResult } }),
  'POST /v1/conversations': () => ({ id: 'conv_mock', object: 'conversation', created_at: 1, metadata: {} }),
  'GET /v1/conversations/{id}': (_, id) => ({ id, object: 'conversation', created_at: 1, metadata: {} }),
  'POST /v1/conversations/{id}/items': ({ items }) => ({
    object: 'list',
    data: listOf(items),
    has_more: false,
  }),
}

/** What the mock responds at a route that is no conversation; undefined where it has none. */
export function mediaResponse(
  method: string,
  path: string,
  body: Buffer,
  contentType: string | undefined,
): MediaResponse | undefined {
  const segments = path.split('/')
  const id = segments.find((segment, index) => index > 2 && /^\w*[-_]\w/.test(segment))
  const route = segments.map((segment) => (segment === id ? '{id}' : segment)).join('/')
  const respond = responses[`${method} ${path}`] ?? responses[`${method} ${route}`]
  if (!respond) return undefined
  const documents = readDocuments(body, contentType)
  const [first] = documents
  const fields: JsonObject = {}
  for (const document of documents)
    if (document.content === 'text') fields[document.prefix.replace(/^form:\d+:/, '')] = document.written
  const isJson = first?.content === 'json' && first.prefix === '' && isObject(first.json)
  return respond(isJson ? first.json : fields, id ?? '', documents)
}
