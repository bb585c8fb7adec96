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
  apis: ['openai', 'anthropic'],
  hasDeploymentRoute: false,
  generatesText: false,
  isRepeatable: true,
  listsModels: true,
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts: () => [],
  responseTexts: () => [],
  requestTurns: () => ({ turns: [] }),
  isResponse: () => false,
  responseTurns: () => [],
  usage: () => undefined,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
}

const modelPath = /^\/v1\/models\/.+/
/** A segment that leads up, plain or encoded: the provider would take it for another route, and the credential is good there. */
const climbs = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/\\]|%2f|%5c)/i

/** The model that `/v1/models/{model}` names; names may have slashes, and lead nowhere else than to a model. */
export function modelOfPath(path: string): string | undefined {
  if (!modelPath.test(path) || climbs.test(path)) return undefined
  try {
    return decodeURIComponent(path.slice('/v1/models/'.length))
  } catch {
    return undefined
  }
}
