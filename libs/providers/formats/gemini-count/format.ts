import { noTools } from '../../conversation/tools.ts'
import { isObject } from '../../json.ts'
import type { WireFormat } from '../../wire-format.ts'
import { geminiPath } from '../gemini/places.ts'
import { readBody } from '../gemini/read-body.ts'
import { geminiGenerate, geminiRequestTexts } from '../gemini-generate/format.ts'
import { unstreamed } from '../unstreamed.ts'

const { operationName: _, translatedPath: __, listsFrames: ___, ...generate } = geminiGenerate

/** How many tokens a request would have: `:countTokens`, with contents or a whole request in `generateContentRequest`. */
export const geminiCount: WireFormat = {
  ...generate,
  ...unstreamed,
  id: 'gemini.count-tokens',
  matchesRoute: (method, path) => method === 'POST' && geminiPath(path)?.method === 'countTokens',
  pathFacts: (path) => ({ model: geminiPath(path)!.model, stream: false }),
  generatesText: false,
  readRequest: (body) => readBody(body),
  requestTexts(body) {
    const inner = isObject(body) ? body.generateContentRequest : undefined
    return [
      ...geminiRequestTexts(body),
      ...geminiRequestTexts(inner).map((text) => ({ ...text, path: `/generateContentRequest${text.path}` })),
    ]
  },
  responseTools: () => noTools,
  isResponse: () => false,
  responseTurns: () => [],
  responseTexts: () => [],
  usage: () => undefined,
}
