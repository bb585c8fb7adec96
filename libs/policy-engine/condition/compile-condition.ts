import { didYouMean } from '@airs-cp/events'
import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { compileNode } from './compile-node.ts'
import { ConditionError } from './condition-error.ts'
import { conditionVariables } from './facts.ts'
import { createScope, type Scope } from './scope.ts'

/** A condition in CEL, checked and ready: pure, and bounded in what it costs. */
export type Condition = {
  expression: string
  /** The variables that it looks at. */
  variables: ReadonlySet<string>
  /** @throws ConditionError when it cannot be evaluated, or costs too much on these facts. */
  holds(facts: Record<string, unknown>): boolean
}

const limits = {
  maxAstNodes: 1_000,
  maxDepth: 32,
  maxListElements: 500,
  maxMapEntries: 50,
  maxCallArguments: 8,
}

const environment = createEnvironment()

/**
 * Parses a condition and checks its types. The grammar and the types are CEL's; the evaluation is our own, because it must
 * not cost more than so much whatever the condition and the exchange are.
 * @throws ConditionError with the place.
 */
export function compileCondition(expression: string): Condition {
  const ast = parse(expression)
  const variables = new Set<string>()
  const evaluate = compileNode(ast, { locals: [], variables })
  const isBoolean = (value: unknown, scope: Scope): boolean => {
    if (typeof value === 'boolean') return value
    throw scope.error('a condition must be true or false', ast)
  }
  return {
    expression,
    variables,
    holds(facts) {
      const scope = createScope(facts)
      return isBoolean(evaluate(scope), scope)
    },
  }
}

function parse(expression: string): ASTNode {
  try {
    const parsed = environment.parse(expression)
    const { valid, type, error } = parsed.check()
    if (!valid) throw error
    if (type !== 'bool' && type !== 'dyn')
      throw new ConditionError(`a condition must be true or false, and this is a ${type}`, 0)
    return parsed.ast
  } catch (error) {
    if (error instanceof ConditionError) throw error
    const { summary, message, range } = error as {
      summary?: string
      message: string
      range?: { start: number }
    }
    throw new ConditionError(
      withWhatThereIs(summary ?? message, expression, range?.start ?? 0),
      range?.start ?? 0,
    )
  }
}

/** A name that is unknown is reported with the one that was probably meant, and with those that there are. */
function withWhatThereIs(message: string, expression: string, offset: number): string {
  const [, kind, name = ''] = /^(No such key|Unknown variable): (\w+)/.exec(message) ?? []
  if (kind === undefined) return message
  const { findings, toolCalls, ...objects } = conditionVariables
  const owner = /(?<!\w)(\w+)\s*\.\s*$/.exec(expression.slice(0, offset))?.[1] ?? ''
  const all = { ...findings, ...toolCalls }
  const known =
    kind === 'Unknown variable'
      ? [...Object.keys(conditionVariables)]
      : Object.keys(Object.hasOwn(objects, owner) ? objects[owner as keyof typeof objects] : all)
  return `${message}${didYouMean(name, known)}; there are ${known.join(', ')}`
}

function createEnvironment(): Environment {
  const { request, caller, session, mcp, findings, toolCalls } = conditionVariables
  return new Environment({ homogeneousAggregateLiterals: false, limits })
    .registerType('Request', { fields: request })
    .registerType('Caller', { fields: caller })
    .registerType('Session', { fields: session })
    .registerType('Mcp', { fields: mcp })
    .registerType('Finding', { fields: findings })
    .registerType('ToolCall', { fields: toolCalls })
    .registerVariable('request', 'Request')
    .registerVariable('caller', 'Caller')
    .registerVariable('session', 'Session')
    .registerVariable('mcp', 'Mcp')
    .registerVariable('findings', 'list<Finding>')
    .registerVariable('toolCalls', 'list<ToolCall>')
    .registerVariable('direction', 'string')
}
