import { createPatternTest } from '@airs-cp/detectors'
import type { DetectorRule } from '../document.ts'
import { matchesGlob } from '../scope.ts'
import { argumentsIn, isBroken } from './arguments-in.ts'
import { parseJsonPath, valuesAt } from './json-path.ts'
import type { ToolCall } from './tool-use.ts'

export type ToolFindingType = 'TOOL_NOT_ALLOWED' | 'TOOL_DENIED' | 'TOOL_ARGUMENTS'

/** What a policy says about tools. */
export type ToolCallRule = {
  looksAt: ReadonlySet<'offered' | 'called'>
  /** What is wrong with a tool of that name, whatever it is called with. */
  judgeName(name: string, also?: readonly string[]): ToolFindingType | undefined
  /** Whether it says anything about arguments of calls. */
  judgesArguments: boolean
  /** What is wrong with the arguments of a call. */
  judgeArguments(call: Pick<ToolCall, 'name' | 'text'>): ToolFindingType | undefined
}

type Spec = Extract<DetectorRule, { detector: 'tool-call' }>

export function createToolCallRule({ on, allow, deny, tools, arguments: patterns }: Spec): ToolCallRule {
  const names = (globs: readonly string[], name: string) => globs.some((glob) => matchesGlob(glob, name))
  const tests = (patterns ?? []).map(({ path, matches }) => ({
    path: path === undefined ? undefined : parseJsonPath(path),
    test: createPatternTest(matches),
  }))
  return {
    looksAt: new Set(on),
    judgesArguments: tests.length > 0 && on.includes('called'),
    judgeName(name, also = []) {
      const known = [name, ...also]
      if (deny && known.some((it) => names(deny, it))) return 'TOOL_DENIED'
      return allow && !known.some((it) => names(allow, it)) ? 'TOOL_NOT_ALLOWED' : undefined
    },
    judgeArguments({ name, text }) {
      if (tests.length === 0 || (tools && !names(tools, name))) return undefined
      const parsed = argumentsIn(text)
      if (isBroken(parsed) && tests.some(({ path }) => path !== undefined)) return 'TOOL_ARGUMENTS'
      const found = tests.some(({ path, test }) =>
        path === undefined
          ? test.matches(text) || stringsOf(parsed).some(test.matches)
          : valuesAt(parsed, path).some((value) => isBeyondNumbers(value) || test.matches(asText(value))),
      )
      return found ? 'TOOL_ARGUMENTS' : undefined
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
