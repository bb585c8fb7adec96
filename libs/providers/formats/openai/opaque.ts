import type { OpaquePlace } from '../../read-texts.ts'

/** What stands for a conversation that was summed up, which only its provider can read. */
export const compacted: OpaquePlace = {
  ...{ path: '/**/encrypted_content', kind: 'compaction', holds: 'sealed' },
  within: ({ type }) => typeof type === 'string' && type.includes('compaction'),
}

/** What OpenAI's formats have in common. */
export const openaiOpaque: OpaquePlace[] = [
  compacted,
  { path: '/**/encrypted_content', kind: 'encrypted', holds: 'sealed' },
  { path: '/**/signature', kind: 'signature', holds: 'sealed' },
  { path: '/**/thought_signature', kind: 'signature', holds: 'sealed' },
  { path: '/**/file_id', kind: 'file', holds: 'reference' },
  { path: '/**/file_ids/*', kind: 'file', holds: 'reference' },
  { path: '/**/vector_store_ids/*', kind: 'file', holds: 'reference' },
  { path: '/**/skill_id', kind: 'skill', holds: 'reference' },
  {
    ...{ path: '/**/container_id', kind: 'container', holds: 'reference' },
    within: ({ type }) => type === 'container_reference',
  },
  { path: '/**/logprobs', kind: 'echo', holds: 'logprobs' },
  { path: '/prompt/id', kind: 'stored-prompt', holds: 'reference' },
]

/** Fields of requests that mean something to a model or to policies. */
export const openaiFields: ReadonlySet<string> = new Set([
  ...[
    'messages',
    'model',
    'role',
    'content',
    'tools',
    'tool_calls',
    'functions',
    'function_call',
    'tool_choice',
  ],
  ...[
    'name',
    'input',
    'instructions',
    'prompt',
    'suffix',
    'stream',
    'type',
    'output',
    'arguments',
    'previous_response_id',
  ],
  ...[
    'max_tokens',
    'max_completion_tokens',
    'max_output_tokens',
    'web_search_options',
    'user',
    'metadata',
    'stop',
  ],
])
