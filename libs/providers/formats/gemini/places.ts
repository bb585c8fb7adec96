import type { OpaquePlace } from '../../read-texts.ts'

export const geminiOpaque: OpaquePlace[] = [
  { path: '/**/thoughtSignature', kind: 'signature', holds: 'sealed' },
  { path: '/**/thought_signature', kind: 'signature', holds: 'sealed' },
  { path: '/**/inlineData/data', kind: 'file', holds: 'base64' },
  { path: '/**/inline_data/data', kind: 'file', holds: 'base64' },
  // Each member may have either of its names, whatever the one around it has.
  ...['fileData', 'file_data'].flatMap((file) =>
    ['fileUri', 'file_uri'].map(
      (uri): OpaquePlace => ({
        ...{ path: `/**/${file}/${uri}`, kind: 'file', holds: 'reference' },
      }),
    ),
  ),
  { path: '/cachedContent', kind: 'stored-prompt', holds: 'reference' },
  { path: '/cached_content', kind: 'stored-prompt', holds: 'reference' },
  { path: '/**/fileSearchStoreNames/*', kind: 'file', holds: 'reference' },
  { path: '/**/file_search_store_names/*', kind: 'file', holds: 'reference' },
  { path: '/**/logprobsResult', kind: 'echo', holds: 'logprobs' },
]

/** Fields of requests that mean something to a model or to policies, under both of their names. */
export const geminiFields: ReadonlySet<string> = new Set([
  ...['contents', 'content', 'parts', 'text', 'role', 'tools', 'systemInstruction', 'system_instruction'],
  ...['functionCall', 'function_call', 'functionResponse', 'function_response', 'name', 'args', 'response'],
  ...[
    'generationConfig',
    'generation_config',
    'toolConfig',
    'tool_config',
    'cachedContent',
    'cached_content',
  ],
  ...['functionDeclarations', 'function_declarations', 'requests', 'inlineData', 'inline_data', 'model'],
])

/** The model and the method of a path such as `/v1beta/models/gemini-2.5-flash:generateContent`. */
export function geminiPath(path: string): { model: string; method: string } | undefined {
  const [, kind, name, method] =
    /^\/v1(?:beta|alpha)?\/(models|tunedModels)\/([\w.-]{1,128}):([a-zA-Z]{1,64})$/.exec(path) ?? []
  if (name === undefined || method === undefined || /^\.+$/.test(name)) return undefined
  return { model: kind === 'models' ? name : `tunedModels/${name}`, method }
}
