import type { WireFormat } from '../../wire-format.ts'
import { openaiErrorBody, openaiErrorFrames } from '../openai/error.ts'
import { toolless } from '../toolless.ts'
import { unstreamed } from '../unstreamed.ts'

/** OpenAI's list of models and one of its entries: `GET /v1/models`, `GET /v1/models/{model}`. Requests have no body. */
export const openaiModels: WireFormat = {
  ...unstreamed,
  ...toolless,
  id: 'openai.models',
  routes: ['GET /v1/models'],
  matchesRoute: (method, path) => method === 'GET' && modelOfPath(path) !== undefined,
  apis: ['openai', 'anthropic', 'gemini'],
  hasDeploymentRoute: false,
  generatesText: false,
  isRepeatable: true,
  listsModels: true,
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts: () => [],
  responseTexts: () => [],
  opaqueAt: () => undefined,
  fields: new Set(),
  requestTurns: () => ({ turns: [] }),
  isResponse: () => false,
  responseTurns: () => [],
  usage: () => undefined,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
}

const modelPath = /^\/v1\/models\/.+/
/** A segment that leads up, also with parameters (`..;`): the provider would take it for another route, and the credential is good there. */
const climbs = /(?:^|[/\\])\.{1,2}(?:;[^/\\]*)?(?:$|[/\\])/
/** No name of a model is encoded more often; whoever goes on decoding behind the provider's address would find another path. */
const maxDecodings = 8

/** The model that `/v1/models/{model}` names; names may have slashes, and lead nowhere else than to a model. */
export function modelOfPath(path: string): string | undefined {
  if (!modelPath.test(path)) return undefined
  const encoded = path.slice('/v1/models/'.length)
  try {
    const model = decodeURIComponent(encoded)
    return leadsElsewhere(model) || climbs.test(encoded) ? undefined : model
  } catch {
    return undefined
  }
}

/** With no escape left, however often it was escaped; escapes beyond a bound stay, and such a path leads elsewhere. */
export function decodedFully(text: string): string {
  let decoded = text
  for (let times = 0; times < maxDecodings; times++) decoded = decodedOnce(decoded)
  return decoded
}

/** Servers and what stands before them decode a path once, or more often: it must lead nowhere however often. */
export function leadsElsewhere(name: string): boolean {
  let decoded = name
  for (let times = 0; times < maxDecodings; times++) {
    if (climbs.test(decoded)) return true
    const next = decodedOnce(decoded)
    if (next === decoded) return false
    decoded = next
  }
  return true
}

/** Escapes that are none stay as they are, as a lenient server leaves them. */
function decodedOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
