import type { ASTNode } from '@marcbachmann/cel-js'
import { compileCall } from './calls.ts'
import { compileComprehension, isComprehension } from './comprehensions.ts'
import { ConditionError } from './condition-error.ts'
import { CostError, type Scope } from './scope.ts'
import { compare, concatenate, equals, isNumber, isObject } from './values.ts'

export type Evaluate = (scope: Scope) => unknown

/** What compiling knows of where a node stands. */
export type Place = {
  /** Names that comprehensions around it bind, outermost first. */
  locals: string[]
  /** Gathers the variables that are used. */
  variables: Set<string>
}

/** Makes a checked expression a function. @throws ConditionError for what conditions do not offer. */
export function compileNode(node: ASTNode, place: Place): Evaluate {
  const evaluate = compileOperation(node, place)
  return (scope) => {
    scope.charge(1)
    return evaluate(scope)
  }
}

function compileOperation(node: ASTNode, place: Place): Evaluate {
  const compile = (child: ASTNode) => compileNode(child, place)
  switch (node.op) {
    case 'value': {
      const value = typeof node.args === 'bigint' ? Number(node.args) : node.args
      return () => value
    }
    case 'id':
      return compileVariable(node.args, place)
    case '.':
      return compileField(node, compile(node.args[0]), node.args[1])
    case '[]':
      return compileIndex(node, compile(node.args[0]), compile(node.args[1]))
    case 'list': {
      const elements = node.args.map(compile)
      return (scope) => elements.map((element) => element(scope))
    }
    case 'map':
      return compileMap(
        node,
        node.args.map(([key, value]) => [compile(key), compile(value)] as const),
      )
    case '?:': {
      const [condition, yes, no] = node.args.map(compile) as [Evaluate, Evaluate, Evaluate]
      return (scope) => (boolean(condition(scope), scope, node) ? yes(scope) : no(scope))
    }
    case '&&':
    case '||':
      return compileLogic(node, compile(node.args[0]), compile(node.args[1]), node.op === '||')
    case '!_': {
      const operand = compile(node.args)
      return (scope) => !boolean(operand(scope), scope, node)
    }
    case '-_': {
      const operand = compile(node.args)
      return (scope) => -number(operand(scope), scope, node)
    }
    case 'call':
    case 'rcall':
      return isComprehension(node) ? compileComprehension(node, place) : compileCall(node, place)
    case '.?':
    case '[?]':
      throw new ConditionError(
        `optional access (${node.op}) is not available in conditions; use has()`,
        node.pos,
      )
    default: {
      const [left, right] = node.args
      return compileBinary(node, compile(left), compile(right))
    }
  }
}

function compileVariable(name: string, { locals, variables }: Place): Evaluate {
  const depth = locals.lastIndexOf(name)
  if (depth >= 0) return (scope) => scope.locals[depth]
  variables.add(name)
  return (scope) => scope.facts[name]
}

function compileField(node: ASTNode, object: Evaluate, field: string): Evaluate {
  return (scope) => {
    const value = object(scope)
    if (isObject(value) && Object.hasOwn(value, field) && value[field] !== undefined) return value[field]
    throw scope.error(`there is no ${field} here; ask has() before`, node)
  }
}

function compileIndex(node: ASTNode, object: Evaluate, index: Evaluate): Evaluate {
  return (scope) => {
    const value = object(scope)
    const at = index(scope)
    const key = typeof at === 'string' || typeof at === 'number' ? at : undefined
    if (key !== undefined && (Array.isArray(value) ? typeof key === 'number' : isObject(value))) {
      if (Object.hasOwn(value as object, key)) return (value as Record<string | number, unknown>)[key]
    }
    throw scope.error(`there is nothing at ${JSON.stringify(key) ?? 'that index'}`, node)
  }
}

function compileMap(node: ASTNode, entries: (readonly [Evaluate, Evaluate])[]): Evaluate {
  return (scope) =>
    Object.fromEntries(
      entries.map(([key, value]) => {
        const name = key(scope)
        if (typeof name !== 'string') throw scope.error('the keys of a map must be strings', node)
        return [name, value(scope)]
      }),
    )
}

/** As CEL has it: an operand that fails does not count where the other one decides. */
function compileLogic(node: ASTNode, left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  return (scope) => {
    let failed: unknown
    try {
      if (boolean(left(scope), scope, node) === decisive) return decisive
    } catch (error) {
      if (error instanceof CostError) throw error
      failed = error
    }
    const value = boolean(right(scope), scope, node)
    if (value === decisive || failed === undefined) return value
    throw failed
  }
}

function compileBinary(node: ASTNode, left: Evaluate, right: Evaluate): Evaluate {
  const with2 = (apply: (a: unknown, b: unknown, scope: Scope) => unknown): Evaluate => {
    return (scope) => apply(left(scope), right(scope), scope)
  }
  const ordered = (holds: (order: number) => boolean) =>
    with2((a, b, scope) => {
      const order = compare(a, b, scope)
      if (order === undefined) throw scope.error('these cannot be compared', node)
      return holds(order)
    })
  const calculated = (calculate: (a: number, b: number) => number) =>
    with2((a, b, scope) => calculate(number(a, scope, node), number(b, scope, node)))
  switch (node.op) {
    case '==':
      return with2(equals)
    case '!=':
      return with2((a, b, scope) => !equals(a, b, scope))
    case '<':
      return ordered((order) => order < 0)
    case '<=':
      return ordered((order) => order <= 0)
    case '>':
      return ordered((order) => order > 0)
    case '>=':
      return ordered((order) => order >= 0)
    case 'in':
      return with2((a, b, scope) => {
        if (Array.isArray(b)) return b.some((element) => equals(a, element, scope))
        if (isObject(b)) return typeof a === 'string' && Object.hasOwn(b, a)
        throw scope.error('in needs a list or a map', node)
      })
    case '+':
      return with2((a, b, scope) => {
        if (isNumber(a) && isNumber(b)) return a + b
        const joined = concatenate(a, b, scope)
        if (joined === undefined) throw scope.error('these cannot be added', node)
        return joined
      })
    case '-':
      return calculated((a, b) => a - b)
    case '*':
      return calculated((a, b) => a * b)
    default:
      throw new ConditionError(`${node.op} is not available in conditions`, node.pos)
  }
}

function boolean(value: unknown, scope: Scope, node: ASTNode): boolean {
  if (typeof value === 'boolean') return value
  throw scope.error('this must be true or false', node)
}

function number(value: unknown, scope: Scope, node: ASTNode): number {
  if (isNumber(value)) return value
  throw scope.error('this must be a number', node)
}
