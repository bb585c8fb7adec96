import { createTextCollector } from '../../collect-texts.ts'
import { isObject, objectsOf } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { pointer } from '../../text-part.ts'
import type { WireFormat } from '../../wire-format.ts'
import { geminiErrorBody, geminiErrorFrames } from '../gemini/error.ts'
import { collectGeminiContent, geminiTurns } from '../gemini/parts.ts'
import { geminiFields, geminiOpaque, geminiPath } from '../gemini/places.ts'
import { readBody } from '../gemini/read-body.ts'
import { geminiUsage } from '../gemini/usage.ts'
import { geminiGenerate } from '../gemini-generate/format.ts'
import { toolless } from '../toolless.ts'
import { unstreamed } from '../unstreamed.ts'

/** Gemini's embeddings: `:embedContent`, and several at once with `:batchEmbedContents`. The response holds numbers only. */
export const geminiEmbed: WireFormat = {
  ...unstreamed,
  ...toolless,
  id: 'gemini.embed-content',
  routes: [],
  matchesRoute: (method, path) =>
    method === 'POST' && /^(?:embedContent|batchEmbedContents)$/.test(geminiPath(path)?.method ?? ''),
  pathFacts: (path) => ({ model: geminiPath(path)!.model, stream: false }),
  pathWithModel: geminiGenerate.pathWithModel!,
  apis: ['gemini'],
  meansApi: 'gemini',
  hasDeploymentRoute: false,
  operationName: 'embeddings',
  generatesText: false,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) => readBody(body),
  requestTexts(body) {
    const collector = createTextCollector()
    if (!isObject(body)) return collector.parts
    const context = { role: 'user', kind: 'text' } as const
    collectGeminiContent(collector, body.content, '/content', context)
    for (const [index, { content }] of objectsOf(body.requests))
      collectGeminiContent(collector, content, pointer('/requests', index, 'content'), context)
    return collector.parts
  },
  responseTexts: () => [],
  opaqueAt: indexPlaces(geminiOpaque),
  fields: geminiFields,
  requestTurns: ({ content, requests }) => ({
    turns: [
      ...geminiTurns(content),
      ...[...objectsOf(requests)].flatMap(([, one]) => geminiTurns(one.content)),
    ],
  }),
  isResponse: () => false,
  responseTurns: () => [],
  usage: geminiUsage,
  errorBody: geminiErrorBody,
  errorFrames: geminiErrorFrames,
}
