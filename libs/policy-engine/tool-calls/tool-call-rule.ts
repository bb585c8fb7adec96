import { createPatternTest, createPatternTests } from '@airs-cp/detectors'
import type { Slices } from '@airs-cp/events'
import type { DetectorRule } from '../document.ts'
import { matchesGlob } from '../scope.ts'
import { argumentsInSlices, isBroken } from './arguments-in.ts'
import { parseJsonPath, valuesAt } from './json-path.ts'

export type ToolFindingType = 'TOOL_NOT_ALLOWED' | 'TOOL_DENIED' | 'TOOL_ARGUMENTS'

/** What a policy says about tools. */
export type ToolCallRule = {
  looksAt: ReadonlySet<'offered' | 'called'>
  /** What is wrong with a tool of that name, whatever it is called with. */
  judgeName(name: string, also?: readonly string[]): ToolFindingType | undefined
  /** Whether it says anything about arguments of calls. */
  judgesArguments: boolean
  /** Whether it says anything about arguments of a tool of that name. */
  concerns(name: string): boolean
  /** What is wrong with the arguments of a call of a tool that it concerns. */
  judgeArguments(text: string): Slices<ToolFindingType | undefined>
}

type Spec = Extract<DetectorRule, { detector: 'tool-call' }>

export function createToolCallRule({ on, allow, deny, tools, arguments: patterns }: Spec): ToolCallRule {
  const names = (globs: readonly string[], name: string) => globs.some((glob) => matchesGlob(glob, name))
  const hasTests = patterns !== undefined && patterns.length > 0
  const ofPlaces = (patterns ?? []).flatMap(({ path, matches }) =>
    path === undefined ? [] : [{ path: parseJsonPath(path), test: createPatternTest(matches) }],
  )
  const ofAll = createPatternTests(
    (patterns ?? []).flatMap(({ path, matches }) => (path === undefined ? [matches] : [])),
  )
  return {
    looksAt: new Set(on),
    judgesArguments: hasTests && on.includes('called'),
    concerns: (name) => hasTests && (!tools || names(tools, name)),
    judgeName(name, also = []) {
      const known = [name, ...also]
      if (deny && known.some((it) => names(deny, it))) return 'TOOL_DENIED'
      return allow && !known.some((it) => names(allow, it)) ? 'TOOL_NOT_ALLOWED' : undefined
    },
    *judgeArguments(text) {
      for (const test of ofAll) if (yield* test.matchesAny([text])) return 'TOOL_ARGUMENTS'
      yield
      const parsed = yield* argumentsInSlices(text)
      if (isBroken(parsed) && ofPlaces.length > 0) return 'TOOL_ARGUMENTS'
      yield
      for (const { path, test } of ofPlaces) {
        const values = valuesAt(parsed, path)
        if (values.some(isBeyondNumbers)) return 'TOOL_ARGUMENTS'
        yield
        if (yield* test.matchesAny(values.values().map(asText))) return 'TOOL_ARGUMENTS'
      }
      if (ofAll.length === 0) return undefined
      const strings = stringsOf(parsed)
      yield
      for (const test of ofAll) if (yield* test.matchesAny(strings)) return 'TOOL_ARGUMENTS'
      return undefined
    },
  }
}

/** Strings without the escapes of JSON, in which `\u0072m` would hide from a pattern. */
function stringsOf(value: unknown): string[] {
  const found: string[] = []
  const pending = [value]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') found.push(next)
    else if (typeof next === 'object' && next !== null)
      for (const [key, child] of Object.entries(next)) {
        if (!Array.isArray(next)) found.push(key)
        if (child !== null && child !== undefined) pending.push(child)
      }
  }
  return found
}

/** A number that JavaScript cannot hold, and other readers can. */
function isBeyondNumbers(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

/** A long number as its digits: JavaScript writes it with an exponent. */
function asText(value: unknown): string {
  if (typeof value === 'number' && Math.abs(value) >= 1e21) return String(BigInt(value))
  return typeof value === 'string' ? value : JSON.stringify(value)
}
