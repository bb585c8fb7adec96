import type { Finding } from '@airs-cp/events'

/** What a condition can ask of an exchange. Whatever is not there is empty, zero or false, so that no field is ever missing. */
export type ConditionFacts = {
  request: {
    tenant: string
    agent: string
    tags: string[]
    /** Name of the client key. */
    key: string
    keyId: string
    /** The provider that is asked first. */
    provider: string
    /** All that may be asked. */
    providers: string[]
    model: string
    /** Wire format of the client, such as `openai.chat`. */
    format: string
    path: string
    stream: boolean
    /** Documents that the client declared (`X-AIRS-Sources`). */
    sources: string[]
    messages: number
    characters: number
    estimatedTokens: number
    maxTokens: number
    hasSystemPrompt: boolean
    /** Names of the tools that the model may call. */
    tools: string[]
    /** Kinds of its parts that were not read, such as `image` or `stored-response`. */
    unscanned: string[]
    /** `understood`, or `bytes only` of a route that no wire format knows. */
    coverage: string
  }
  /** Who sends the request, as far as its credential shows it. */
  caller: {
    /** `key:` and the id of a client key, or `credential:` and a fingerprint. */
    id: string
    /** Name of the client key. */
    key: string
    keyId: string
    /** Fingerprint of the credential. */
    credential: string
    /** What the client key fixes: `tenant`, `agent`, `tags`. The rest of the request is what the client says of itself. */
    verified: string[]
  }
  session: {
    id: string
    /** Whether the client named it; otherwise it was made for this exchange. */
    named: boolean
  }
  toolCalls: ToolCallFact[]
  /** Of a message to or from an MCP server; empty where a model is called. */
  mcp: {
    server: string
    /** Of `tools/call`. */
    tool: string
    method: string
    /** Of `tools/call` and `prompts/get`. */
    arguments: unknown
    /** Name of the client key, or subject of the token. */
    caller: string
    /** The tool is defined otherwise than when it was first used here. */
    isDrifted: boolean
  }
}

export type ToolCallFact = {
  name: string
  /** Parsed, where they are JSON. */
  arguments: unknown
  /** As they were written. */
  text: string
}

export type FindingFact = Pick<Finding, 'detector' | 'type' | 'path' | 'confidence'> & { source: string }

/** The variables of a condition, with the types that it is checked against. */
export const conditionVariables = {
  request: {
    tenant: 'string',
    agent: 'string',
    tags: 'list<string>',
    key: 'string',
    keyId: 'string',
    provider: 'string',
    providers: 'list<string>',
    model: 'string',
    format: 'string',
    path: 'string',
    stream: 'bool',
    sources: 'list<string>',
    messages: 'int',
    characters: 'int',
    estimatedTokens: 'int',
    maxTokens: 'int',
    hasSystemPrompt: 'bool',
    tools: 'list<string>',
    unscanned: 'list<string>',
    coverage: 'string',
  } satisfies Record<keyof ConditionFacts['request'], string>,
  session: { id: 'string', named: 'bool' } satisfies Record<keyof ConditionFacts['session'], string>,
  caller: {
    id: 'string',
    key: 'string',
    keyId: 'string',
    credential: 'string',
    verified: 'list<string>',
  } satisfies Record<keyof ConditionFacts['caller'], string>,
  findings: {
    detector: 'string',
    type: 'string',
    path: 'string',
    confidence: 'double',
    source: 'string',
  } satisfies Record<keyof FindingFact, string>,
  mcp: {
    server: 'string',
    tool: 'string',
    method: 'string',
    arguments: 'dyn',
    caller: 'string',
    isDrifted: 'bool',
  } satisfies Record<keyof ConditionFacts['mcp'], string>,
  toolCalls: { name: 'string', arguments: 'dyn', text: 'string' } satisfies Record<
    keyof ToolCallFact,
    string
  >,
} as const
