import { createTextCollector, type TextContext } from '../../collect-texts.ts'
import { canonicalJson } from '../../conversation/canonical-json.ts'
import { readContent } from '../../conversation/read-content.ts'
import { calledTool, noTools } from '../../conversation/tools.ts'
import type { Turn } from '../../conversation/turn.ts'
import { isObject, type JsonObject, objectsOf, parseObject, stringOf } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiErrorFrames } from '../openai/error.ts'
import { unstreamed } from '../unstreamed.ts'

/** What a server says of itself and its tools is as untrusted as what its tools say. */
const fromServer: TextContext = { role: 'tool', kind: 'tool-result' }

/**
 * One message of the Model Context Protocol: a call of a tool and its result, among others. No provider speaks it, and the way of
 * models does not serve it (see the ingress's `mcp/`); it is here so that whoever reads an exchange can read this kind too.
 */
export const mcp: WireFormat = {
  ...unstreamed,
  id: 'mcp.message',
  routes: [],
  apis: [],
  hasDeploymentRoute: false,
  generatesText: false,
  isRepeatable: false,
  listsModels: false,
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts(body) {
    const collector = createTextCollector()
    if (!isObject(body) || !isObject(body.params)) return collector.parts
    const { params } = body
    const tool = stringOf(params.name)
    collector.every(params.arguments, '/params/arguments', {
      role: 'assistant',
      kind: 'tool-arguments',
      tool,
    })
    return collector.parts
  },
  responseTexts(body) {
    const collector = createTextCollector()
    if (!isObject(body)) return collector.parts
    for (const field of ['result', 'error', 'params']) collector.every(body[field], `/${field}`, fromServer)
    return collector.parts
  },
  opaqueAt: indexPlaces(
    [
      { path: '/result/content/*/data', kind: 'binary' },
      { path: '/result/messages/*/content/data', kind: 'binary' },
      { path: '/**/resource/blob', kind: 'file' },
      { path: '/result/contents/*/blob', kind: 'file' },
    ].map((place) => ({ ...place, holds: 'base64' as const })),
  ),
  fields: new Set(['jsonrpc', 'id', 'method', 'params', 'name', 'uri', 'arguments', '_meta']),
  isJsonText: () => false,
  requestTools(body) {
    if (!isObject(body) || body.method !== 'tools/call' || !isObject(body.params)) return noTools
    const { name, arguments: given } = body.params
    return { offered: [], calls: [calledTool('/params/arguments', name, given)] }
  },
  responseTools: () => noTools,
  requestTurns: (body) => ({ turns: askedTurns(body) }),
  isResponse: (json) => json.jsonrpc === '2.0',
  responseTurns,
  createAssembler() {
    let last: JsonObject | undefined
    return {
      push({ data }) {
        const json = parseObject(data)
        if (json && ('result' in json || 'error' in json)) last = json
      },
      result: () => last,
    }
  },
  usage: () => undefined,
  errorBody: ({ message }) => JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32603, message } }),
  errorFrames: openaiErrorFrames,
}

function askedTurns({ method, params }: JsonObject): Turn[] {
  if (!isObject(params)) return []
  const name = stringOf(params.name) ?? stringOf(params.uri)
  if (method === 'tools/call')
    return [
      {
        kind: 'tool-call',
        role: 'assistant',
        content: canonicalJson(params.arguments ?? {}),
        ...(name !== undefined && { name }),
      },
    ]
  return []
}

/** What a tool returned, as the next prompt has it: the texts of its content. */
function responseTurns({ result }: JsonObject): Turn[] {
  if (!isObject(result)) return []
  const content = readContent(result.content)
  if (content !== undefined) return [{ kind: 'tool-result', role: 'tool', content }]
  const read = [...objectsOf(result.contents)].map(([, { text }]) => stringOf(text) ?? '').join('')
  return read === '' ? [] : [{ kind: 'tool-result', role: 'tool', content: read }]
}
