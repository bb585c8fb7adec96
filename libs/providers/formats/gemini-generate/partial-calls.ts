import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { memberOf } from '../gemini/parts.ts'

/** A call whose arguments come in pieces (`partialArgs`, `willContinue`), as far as they have come. */
export type PartialCall = { name: string; args: JsonObject; isComplete: boolean }

/** A list has no more elements than that; an index beyond is a name. */
const mostElements = 10_000

/**
 * Puts together the calls of one candidate. Each piece has the path of its argument (`$.to`, `$.list[0]['a b']`); pieces of one string are
 * appended.
 * @returns takes the next part: the call that it begins or goes on with, undefined where its call comes whole or it has none.
 */
export function createPartialCalls(): (part: JsonObject) => PartialCall | undefined {
  let open: PartialCall | undefined

  return (part) => {
    const call = memberOf(part, 'functionCall')
    if (!isObject(call)) return undefined
    const pieces = memberOf(call, 'partialArgs')
    const isContinued = memberOf(call, 'willContinue') === true
    if (!open && !isContinued && pieces === undefined) return undefined
    const name = stringOf(call.name) ?? ''
    if (!open || (name !== '' && name !== open.name)) open = { name, args: {}, isComplete: false }
    const current = open
    for (const [, piece] of objectsOf(pieces)) put(current.args, piece)
    current.isComplete = !isContinued
    if (current.isComplete) open = undefined
    return current
  }
}

/** Code that Google runs, as far as it has come: its pieces are a part each, until its result comes. */
export type CodeRun = { number: number; code: JsonObject }

/** @returns takes the next part of a candidate: the run of code that it begins or goes on with, undefined where it has none. */
export function createCodeRuns(): (part: JsonObject) => CodeRun | undefined {
  let open: CodeRun | undefined
  let number = 0

  return (part) => {
    const code = memberOf(part, 'executableCode')
    if (memberOf(part, 'codeExecutionResult') !== undefined) open = undefined
    if (!isObject(code)) return undefined
    open ??= { number: number++, code: {} }
    const before = stringOf(open.code.code) ?? ''
    Object.assign(open.code, code, typeof code.code === 'string' && { code: before + code.code })
    return open
  }
}

function put(args: JsonObject, piece: JsonObject): void {
  const tokens = tokensOf(stringOf(memberOf(piece, 'jsonPath')) ?? '')
  const last = tokens.pop()
  if (last === undefined) return
  let at: JsonObject | Json[] = args
  for (const [depth, token] of tokens.entries()) {
    const known: Json | undefined = valueAt(at, token)
    const isList = typeof (tokens[depth + 1] ?? last) === 'number'
    const next: JsonObject | Json[] = Array.isArray(known) || isObject(known) ? known : isList ? [] : {}
    set(at, token, next)
    at = next
  }
  const before = valueAt(at, last)
  const text = stringOf(memberOf(piece, 'stringValue'))
  if (text !== undefined) set(at, last, typeof before === 'string' ? before + text : text)
  else set(at, last, memberOf(piece, 'numberValue') ?? memberOf(piece, 'boolValue') ?? before ?? null)
}

function valueAt(at: JsonObject | Json[], token: string | number): Json | undefined {
  return Object.hasOwn(at, token) ? (at as JsonObject)[token] : undefined
}

/** Also where the name is `__proto__`. */
function set(at: JsonObject | Json[], token: string | number, value: Json): void {
  Object.defineProperty(at, token, { value, enumerable: true, configurable: true, writable: true })
}

function tokensOf(path: string): (string | number)[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]/g)].map(
    ([, plain, index, single, double]) =>
      index !== undefined && Number(index) < mostElements
        ? Number(index)
        : (plain ?? index ?? single ?? double ?? ''),
  )
}
