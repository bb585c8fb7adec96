import { createPatternTest } from '@airs-cp/detectors'
import type { ASTNode } from '@marcbachmann/cel-js'
import { compileNode, type Evaluate, type Place } from './compile-node.ts'
import { ConditionError } from './condition-error.ts'
import type { Scope } from './scope.ts'
import { chargeText, isNumber, isObject } from './values.ts'

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>
type Apply = (values: unknown[], scope: Scope, node: ASTNode) => unknown

/** The functions of a condition. `matches` and `has` are made apart, because their arguments must stand there as they are. */
const functions: Record<string, Apply> = {
  size: ([value], scope, node) => {
    if (Array.isArray(value)) return value.length
    if (isObject(value)) return Object.keys(value).length
    let count = 0
    for (const _ of text(value, scope, node)) count++
    return count
  },
  contains: ([value, part], scope, node) => text(value, scope, node).includes(text(part, scope, node)),
  startsWith: ([value, part], scope, node) => text(value, scope, node).startsWith(text(part, scope, node)),
  endsWith: ([value, part], scope, node) => text(value, scope, node).endsWith(text(part, scope, node)),
  lowerAscii: ([value], scope, node) => asciiCase(text(value, scope, node), /[A-Z]+/g, 'toLowerCase'),
  upperAscii: ([value], scope, node) => asciiCase(text(value, scope, node), /[a-z]+/g, 'toUpperCase'),
  trim: ([value], scope, node) => text(value, scope, node).trim(),
  string: ([value], scope, node) => {
    if (isNumber(value) || typeof value === 'boolean') return String(value)
    return text(value, scope, node)
  },
  int: ([value], scope, node) => Math.trunc(toNumber(value, scope, node)),
  double: ([value], scope, node) => toNumber(value, scope, node),
  dyn: ([value]) => value,
}

const functionNames = [...Object.keys(functions), 'matches', 'has'].sort()

export function compileCall(node: Call, place: Place): Evaluate {
  const name = node.args[0]
  const given = node.op === 'call' ? node.args[1] : [node.args[1], ...node.args[2]]
  if (name === 'has') return compileHas(node, given, place)
  if (name === 'matches') return compileMatches(node, given, place)
  const apply = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (!apply)
    throw new ConditionError(
      `${name} is not available in conditions; there are ${functionNames.join(', ')}`,
      node.pos,
    )
  const values = given.map((argument) => compileNode(argument, place))
  return (scope) =>
    apply(
      values.map((value) => value(scope)),
      scope,
      node,
    )
}

function compileHas(node: Call, [field]: ASTNode[], place: Place): Evaluate {
  if (field?.op !== '.') throw new ConditionError('has() takes a field, such as has(a.b)', node.pos)
  const [parent, name] = field.args
  const object = compileNode(parent, place)
  return (scope) => {
    const value = object(scope)
    return isObject(value) && Object.hasOwn(value, name) && value[name] !== undefined
  }
}

/** RE2, compiled once: linear in the text. */
function compileMatches(node: Call, [subject, pattern]: ASTNode[], place: Place): Evaluate {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    throw new ConditionError('the pattern of matches() must stand there as a string', node.pos)
  let test: ReturnType<typeof createPatternTest>
  try {
    test = createPatternTest(pattern.args)
  } catch (error) {
    throw new ConditionError((error as Error).message, pattern.pos)
  }
  const value = compileNode(subject!, place)
  return (scope) => {
    const searched = text(value(scope), scope, node)
    scope.charge(searched.length * test.stepsPerCharacter)
    return test.matches(searched)
  }
}

function text(value: unknown, scope: Scope, node: ASTNode): string {
  if (typeof value !== 'string')
    throw scope.error(`${Array.isArray(node.args) ? String(node.args[0]) : node.op} needs a string`, node)
  chargeText(value, scope)
  return value
}

function toNumber(value: unknown, scope: Scope, node: ASTNode): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(text(value, scope, node)) : value
  if (isNumber(number) && Number.isFinite(number)) return number
  throw scope.error('this is no number', node)
}

function asciiCase(value: string, letters: RegExp, change: 'toLowerCase' | 'toUpperCase'): string {
  return value.replace(letters, (found) => found[change]())
}
