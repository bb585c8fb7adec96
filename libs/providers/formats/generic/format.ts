import { isObject, maxNesting, nestsTooDeep, stringOf } from '../../json.ts'
import { indexPlaces, type OpaquePlace } from '../../read-texts.ts'
import type { ProviderApi, WireFormat } from '../../wire-format.ts'
import { anthropicErrorBody, anthropicErrorFrames } from '../anthropic-messages/error.ts'
import { geminiErrorBody, geminiErrorFrames } from '../gemini/error.ts'
import { geminiOpaque } from '../gemini/places.ts'
import { openaiErrorBody, openaiErrorFrames } from '../openai/error.ts'
import { openaiFields, openaiOpaque } from '../openai/opaque.ts'
import { toolless } from '../toolless.ts'
import { unstreamed } from '../unstreamed.ts'
import { joinedTexts, joinFrames } from './join-frames.ts'

const opaque: OpaquePlace[] = [
  ...openaiOpaque,
  ...geminiOpaque,
  { path: '/previous_response_id', kind: 'stored-response', holds: 'reference' },
  { path: '/previous_interaction_id', kind: 'stored-response', holds: 'reference' },
  { path: '/**/b64_json', kind: 'image', holds: 'base64' },
  { path: '/**/embedding', kind: 'embedding', holds: 'base64' },
  { path: '/**/image_url', kind: 'image', holds: 'url' },
  { path: '/**/image_url/url', kind: 'image', holds: 'url' },
  { path: '/**/input_audio/data', kind: 'audio', holds: 'base64' },
  { path: '/**/source/data', kind: 'file', holds: 'base64' },
  { path: '/**/file_data', kind: 'file', holds: 'url' },
]

/**
 * The lane of every route that no other format knows. Its bodies are passed on and recorded as they are; each of their strings is
 * judged as a text, of which nobody knows who says it. Streams are judged when they are complete; what policies change is changed in their frames.
 */
function genericFormat(api: ProviderApi, errors: Pick<WireFormat, 'errorBody' | 'errorFrames'>): WireFormat {
  return {
    ...unstreamed,
    ...toolless,
    ...errors,
    id: `generic.${api}`,
    routes: [],
    coverage: 'bytes only',
    takesDocuments: true,
    // Whatever provider is named gets it.
    apis: ['openai', 'anthropic', 'gemini'],
    meansApi: api,
    hasDeploymentRoute: true,
    generatesText: false,
    isRepeatable: false,
    listsModels: false,
    readRequest(body) {
      if (nestsTooDeep(body)) {
        const message = `The request body nests deeper than ${maxNesting} levels.`
        return { problem: { param: null, message, code: 'invalid_value' } }
      }
      const { model, stream } = isObject(body) ? body : {}
      return { model: stringOf(model) || undefined, stream: stream === true, includeUsage: false }
    },
    requestTexts: () => [],
    responseTexts: () => [],
    opaqueAt: indexPlaces(opaque),
    fields: openaiFields,
    requestTurns: () => ({ turns: [] }),
    isResponse: () => false,
    responseTurns: () => [],
    usage: () => undefined,
    createAssembler: joinFrames,
    frameTexts: joinedTexts,
  }
}

export const genericOpenai = genericFormat('openai', {
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
})

export const genericAnthropic = genericFormat('anthropic', {
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
})

export const genericGemini = genericFormat('gemini', {
  errorBody: geminiErrorBody,
  errorFrames: geminiErrorFrames,
})
