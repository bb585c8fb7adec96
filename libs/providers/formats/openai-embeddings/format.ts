import { collectContent, createTextCollector } from '../../collect-texts.ts'
import { inputTurns } from '../../conversation/input-turns.ts'
import { isObject } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { tokenListsAt } from '../../usage/token-lists.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiErrorBody, openaiErrorFrames } from '../openai/error.ts'
import { collectRequestLabels } from '../openai/labels.ts'
import { openaiFields, openaiOpaque } from '../openai/opaque.ts'
import { openaiUsage } from '../openai/usage.ts'
import { missing, readModelRequest, wrongKind } from '../read-request.ts'
import { toolless } from '../toolless.ts'
import { unstreamed } from '../unstreamed.ts'

/** OpenAI embeddings: `POST /v1/embeddings`. The response holds numbers only. */
export const openaiEmbeddings: WireFormat = {
  ...unstreamed,
  ...toolless,
  id: 'openai.embeddings',
  routes: ['POST /v1/embeddings'],
  apis: ['openai'],
  hasDeploymentRoute: true,
  operationName: 'embeddings',
  generatesText: false,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) =>
    readModelRequest(body, ({ input, stream }) => {
      if (stream === true) {
        return {
          problem: { param: 'stream', message: 'Embeddings cannot be streamed.', code: 'unsupported_value' },
        }
      }
      if (input === undefined || input === null) return missing('input')
      if (typeof input === 'string' || Array.isArray(input)) return undefined
      return wrongKind('input', 'a string or an array', input)
    }),
  requestTexts(body) {
    const collector = createTextCollector()
    if (!isObject(body)) return collector.parts
    collectContent(collector, body.input, '/input', { role: 'user', kind: 'text' })
    collectRequestLabels(collector, body)
    return collector.parts
  },
  responseTexts: () => [],
  opaqueAt: indexPlaces([...openaiOpaque, { path: '/data/*/embedding', kind: 'embedding', holds: 'base64' }]),
  tokenLists: ({ input }) => tokenListsAt(input, '/input'),
  fields: openaiFields,
  requestTurns: ({ input }) => ({ turns: inputTurns(input) }),
  isResponse: () => false,
  responseTurns: () => [],
  usage: openaiUsage,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
}
