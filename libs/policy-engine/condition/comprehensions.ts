import type { ASTNode } from '@marcbachmann/cel-js'
import { compileNode, type Evaluate, type Place } from './compile-node.ts'
import { ConditionError } from './condition-error.ts'
import { CostError, type Scope } from './scope.ts'
import { isObject } from './values.ts'

type MethodCall = Extract<ASTNode, { op: 'rcall' }>

const names = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

export function isComprehension(node: ASTNode): node is MethodCall {
  return node.op === 'rcall' && names.has(node.args[0]) && node.args[2].length >= 2
}

/** `all`, `exists`, `exists_one`, `filter` and `map` over a list, or over the keys of a map. */
export function compileComprehension(node: MethodCall, place: Place): Evaluate {
  const [name, range, [variable, ...bodies]] = node.args
  if (variable?.op !== 'id') throw new ConditionError(`the first argument of ${name} is a name`, node.pos)
  const depth = place.locals.length
  const inside = { ...place, locals: [...place.locals, variable.args] }
  const elements = compileNode(range, place)
  const [body, transform] = bodies.map((part) => compileNode(part, inside)) as [Evaluate, Evaluate?]

  const each = (scope: Scope): unknown[] => {
    const value = elements(scope)
    if (Array.isArray(value)) return value
    if (isObject(value)) return Object.keys(value)
    throw scope.error(`${name} needs a list or a map`, node)
  }
  const bind = (scope: Scope, evaluate: Evaluate, element: unknown): unknown => {
    scope.locals[depth] = element
    return evaluate(scope)
  }
  const holds = (scope: Scope, element: unknown): boolean => {
    const value = bind(scope, body, element)
    if (typeof value === 'boolean') return value
    throw scope.error(`${name} needs a condition`, node)
  }

  switch (name) {
    case 'all':
      return (scope) => quantify(each(scope), (element) => holds(scope, element), false)
    case 'exists':
      return (scope) => quantify(each(scope), (element) => holds(scope, element), true)
    case 'exists_one':
      return (scope) => each(scope).filter((element) => holds(scope, element)).length === 1
    case 'filter':
      return (scope) => each(scope).filter((element) => holds(scope, element))
    default:
      return transform
        ? (scope) =>
            each(scope)
              .filter((element) => holds(scope, element))
              .map((element) => bind(scope, transform, element))
        : (scope) => each(scope).map((element) => bind(scope, body, element))
  }
}

/** As CEL has it: an element that fails does not count where another one decides. */
function quantify(elements: unknown[], holds: (element: unknown) => boolean, decisive: boolean): boolean {
  let failed: unknown
  for (const element of elements) {
    try {
      if (holds(element) === decisive) return decisive
    } catch (error) {
      if (error instanceof CostError) throw error
      failed ??= error
    }
  }
  if (failed !== undefined) throw failed
  return !decisive
}
