import { isObject, type Json, type JsonObject, listOf, objectsOf } from '../../json.ts'
import { frameJson } from '../../sse.ts'
import type { StreamAssembler } from '../../wire-format.ts'
import { type CodeRun, createCodeRuns, createPartialCalls, type PartialCall } from './partial-calls.ts'

/** Pointers to what a candidate says and thinks in the assembled response, whose first two parts they are. */
export const spokenAt = (candidate: string) => `/candidates/${candidate}/content/parts/0/text`
export const thoughtAt = (candidate: string) => `/candidates/${candidate}/content/parts/1/text`

type Candidate = {
  spoken: string
  thought: string
  others: Json[]
  finish: JsonObject
  partialCall: ReturnType<typeof createPartialCalls>
  codeRun: ReturnType<typeof createCodeRuns>
  /** Calls in `others` that came in pieces, and code that did; they grow there. */
  seen: Set<PartialCall | CodeRun>
}

/** Puts the frames of a stream together: what was said, what was thought, and all other parts in the order in which they came. */
export function createGeminiAssembler(): StreamAssembler {
  const candidates = new Map<number, Candidate>()
  let whole: JsonObject | undefined

  function take(candidate: JsonObject): void {
    const index = typeof candidate.index === 'number' ? candidate.index : 0
    const found = candidates.get(index) ?? {
      ...{ spoken: '', thought: '', others: [], finish: {} },
      partialCall: createPartialCalls(),
      codeRun: createCodeRuns(),
      seen: new Set(),
    }
    candidates.set(index, found)
    const { content, ...rest } = candidate
    found.finish = { ...found.finish, ...rest }
    for (const part of isObject(content) ? listOf(content.parts) : []) {
      if (!isObject(part)) found.others.push(part)
      else if (typeof part.text !== 'string') takeOther(found, part)
      else if (part.thought === true) found.thought += part.text
      else found.spoken += part.text
    }
  }

  function takeOther({ others, partialCall, codeRun, seen }: Candidate, part: JsonObject): void {
    const run = codeRun(part)
    const call = partialCall(part)
    if (run && !call) {
      const { executableCode, executable_code, ...beside } = part
      if (!seen.has(run)) others.push({ ...beside, executableCode: run.code })
      else if (Object.keys(beside).length > 0) others.push(beside)
      seen.add(run)
    } else if (!call) others.push(part)
    else if (!seen.has(call)) {
      seen.add(call)
      others.push({ ...part, functionCall: { name: call.name, args: call.args } })
    }
  }

  return {
    push(frame) {
      const json = frameJson(frame)
      if (!json) return
      const { candidates: received, ...rest } = json
      whole = { ...whole, ...rest }
      for (const [, candidate] of objectsOf(received)) take(candidate)
    },
    result() {
      if (!whole) return undefined
      const list: Json[] = []
      for (const [index, { spoken, thought, others, finish }] of candidates) {
        const parts = [{ text: spoken }, { text: thought, thought: true }, ...others]
        list[index < 64 ? index : list.length] = { content: { role: 'model', parts }, ...finish }
      }
      return { ...whole, candidates: Array.from(list, (one) => one ?? {}) }
    },
  }
}
