import type { Finding } from '@airs-cp/events'
import type { ConditionFacts, FindingFact, ToolCallFact } from './condition/facts.ts'
import type { Direction, EvaluationContext, McpFacts, RequestTraits } from './evaluation-context.ts'
import type { Subject } from './scope.ts'
import { argumentsIn, isBroken } from './tool-calls/arguments-in.ts'
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
  const shared: SharedFacts = {
    direction,
    session: { id: subject.session?.id ?? '', named: subject.session?.named ?? false },
    mcp: context.mcp ?? noMcp,
    caller: once(() => callerFacts(subject)),
    request: once(() => requestOf(subject, context)),
    toolCalls: once(() => context.tools?.().calls.map(toolCallFact) ?? []),
  }
  return (findings) => new Variables(shared, findings) as unknown as Record<string, unknown>
}

/** The same for all policies. */
type SharedFacts = Pick<ConditionFacts, 'session' | 'mcp'> & {
  direction: Direction
  caller: () => ConditionFacts['caller']
  request: () => ConditionFacts['request']
  toolCalls: () => ConditionFacts['toolCalls']
}

/** A class, since getters of an object literal are made with each object, which costs more than what they return. */
class Variables {
  readonly #shared: SharedFacts
  readonly #findings: readonly Finding[]
  #facts: FindingFact[] | undefined

  constructor(shared: SharedFacts, findings: readonly Finding[]) {
    this.#shared = shared
    this.#findings = findings
  }

  get direction() {
    return this.#shared.direction
  }

  get session() {
    return this.#shared.session
  }

  get mcp() {
    return this.#shared.mcp
  }

  get caller() {
    return this.#shared.caller()
  }

  get request() {
    return this.#shared.request()
  }

  get toolCalls() {
    return this.#shared.toolCalls()
  }

  /** Made once, since a condition may ask for them for each element of another list. */
  get findings() {
    this.#facts ??= this.#findings.map(findingFact)
    return this.#facts
  }
}

function callerFacts({ key, credential = '', verified = [] }: Subject): ConditionFacts['caller'] {
  const id = key ? `key:${key.id}` : credential && `credential:${credential}`
  return { id, key: key?.name ?? '', keyId: key?.id ?? '', credential, verified: [...verified] }
}

/** Written member by member: to take over the traits by their descriptors cost ten times as much. */
function requestOf(subject: Subject, { request }: EvaluationContext): ConditionFacts['request'] {
  const { tenant, providers, model = '', agent = '', tags, key } = subject
  const traits = request?.() ?? noTraits
  const { format, path, stream, sources, messages, maxTokens, coverage } = traits
  return {
    tenant,
    providers,
    model,
    agent,
    tags,
    format,
    path,
    stream,
    sources,
    messages,
    maxTokens,
    coverage,
    key: key?.name ?? '',
    keyId: key?.id ?? '',
    provider: providers[0] ?? '',
    // What is costly to compute is computed where a condition asks for it.
    get characters() {
      return traits.characters
    },
    get estimatedTokens() {
      return traits.estimatedTokens
    },
    get hasSystemPrompt() {
      return traits.hasSystemPrompt
    },
    get tools() {
      return traits.tools
    },
    get unscanned() {
      return traits.unscanned
    },
  }
}

function toolCallFact({ name, text }: ToolCall): ToolCallFact {
  return {
    name,
    text,
    get arguments() {
      const parsed = argumentsIn(text)
      if (isBroken(parsed))
        throw new Error(`the arguments of a call of ${name} are broken JSON, or name a member twice`)
      return parsed
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
