import type { Finding } from '@airs-cp/events'
import type { ConditionFacts, FindingFact, ToolCallFact } from './condition/facts.ts'
import type { Direction, EvaluationContext, McpFacts, RequestTraits } from './evaluation-context.ts'
import type { Subject } from './scope.ts'
import type { ToolCall } from './tool-calls/tool-use.ts'

const noTraits: RequestTraits = {
  format: '',
  path: '',
  stream: false,
  sources: [],
  messages: 0,
  characters: 0,
  estimatedTokens: 0,
  maxTokens: 0,
  hasSystemPrompt: false,
  tools: [],
  unscanned: [],
  coverage: 'understood',
}

const noMcp: McpFacts = { server: '', tool: '', method: '', arguments: {}, caller: '', isDrifted: false }

/** The variables of conditions on one direction of an exchange; each is made when a condition first asks for it. */
export function createConditionFacts(
  direction: Direction,
  subject: Subject,
  context: EvaluationContext,
): (findings: readonly Finding[]) => Record<string, unknown> {
  const request = once(() => requestOf(subject, context))
  const toolCalls = once(() => context.tools?.().calls.map(toolCallFact) ?? [])
  const mcp = context.mcp ?? noMcp
  const session = { id: subject.session?.id ?? '', named: subject.session?.named ?? false }
  const caller = once(() => callerFacts(subject))
  return (findings) => ({
    direction,
    session,
    get caller() {
      return caller()
    },
    mcp,
    get request() {
      return request()
    },
    get toolCalls() {
      return toolCalls()
    },
    get findings() {
      return findings.map(findingFact)
    },
  })
}

function callerFacts({ key, credential = '', verified = [] }: Subject): ConditionFacts['caller'] {
  const id = key ? `key:${key.id}` : credential && `credential:${credential}`
  return { id, key: key?.name ?? '', keyId: key?.id ?? '', credential, verified: [...verified] }
}

function requestOf(subject: Subject, { request }: EvaluationContext): ConditionFacts['request'] {
  const { tenant, providers, model = '', agent = '', tags, key } = subject
  const traits = request?.() ?? noTraits
  const of = { tenant, providers, model, agent, tags, key: key?.name ?? '', keyId: key?.id ?? '' }
  // Traits may have getters, for what is costly to compute: they are taken over unread.
  return Object.defineProperties(
    { ...of, provider: providers[0] ?? '' } as ConditionFacts['request'],
    Object.getOwnPropertyDescriptors(traits),
  )
}

function toolCallFact({ name, text }: ToolCall): ToolCallFact {
  return {
    name,
    text,
    get arguments() {
      try {
        return JSON.parse(text) as unknown
      } catch {
        return text
      }
    },
  }
}

function findingFact({ detector, type, path, confidence, source }: Finding): FindingFact {
  return { detector, type, path, confidence, source: source ?? '' }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
