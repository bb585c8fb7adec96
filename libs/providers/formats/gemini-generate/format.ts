import { createTextCollector } from '../../collect-texts.ts'
import { calledTool, noTools, type ReportedCall } from '../../conversation/tools.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { frameJson, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer, type TextPart } from '../../text-part.ts'
import type { WireFormat } from '../../wire-format.ts'
import { withoutLogprobs } from '../../without-logprobs.ts'
import { geminiErrorBody, geminiErrorFrames } from '../gemini/error.ts'
import {
  collectGeminiContent,
  geminiCalls,
  geminiOffered,
  geminiTurns,
  member,
  memberOf,
  partCalls,
} from '../gemini/parts.ts'
import { geminiFields, geminiOpaque, geminiPath } from '../gemini/places.ts'
import { readBody } from '../gemini/read-body.ts'
import { geminiUsage } from '../gemini/usage.ts'
import { createGeminiAssembler, spokenAt, thoughtAt } from './assembler.ts'
import { createGeminiFollower, finishReasonsOf } from './follower.ts'
import { type CodeRun, createCodeRuns, createPartialCalls } from './partial-calls.ts'

/**
 * Gemini's own format: `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`. The model stands in the path, and so
 * does whether the response streams: as events (`?alt=sse`), or as a list of JSON.
 */
export const geminiGenerate: WireFormat = {
  id: 'gemini.generate-content',
  routes: [],
  matchesRoute: (method, path) =>
    method === 'POST' && /^(?:stream)?[gG]enerateContent$/.test(geminiPath(path)?.method ?? ''),
  pathFacts(path, query) {
    const { model, method } = geminiPath(path)!
    const stream = method === 'streamGenerateContent'
    return { model, stream, asList: stream && !/[?&](?:\$|%24)?alt=sse(?:&|$)/.test(query) }
  },
  pathWithModel: (path, model) =>
    path.replace(/\/(?:models|tunedModels)\/[^/:]+:/, `/models/${encodeURIComponent(model)}:`),
  translatedPath: (model, stream) =>
    `/v1beta/models/${encodeURIComponent(model.replace(/^models\//, ''))}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  apis: ['gemini'],
  meansApi: 'gemini',
  hasDeploymentRoute: false,
  operationName: 'generate_content',
  generatesText: true,
  streamsText: true,
  listsFrames: true,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) => readBody(body, 'contents'),
  requestTexts: geminiRequestTexts,
  responseTexts: geminiResponseTexts,
  opaqueAt: indexPlaces(geminiOpaque),
  opaqueInFrames: indexPlaces(geminiOpaque),
  fields: geminiFields,
  isJsonText: () => false,
  requestTools: (body) =>
    isObject(body)
      ? { offered: geminiOffered(body.tools), calls: geminiCalls(body.contents, '/contents') }
      : noTools,
  responseTools: (body) => ({
    offered: [],
    calls: [...responsesIn(body)].flatMap(([at, response]) =>
      [...objectsOf(response.candidates)].flatMap(([index, { content }]) =>
        isObject(content)
          ? partCalls(content.parts, pointer(at, 'candidates', index, 'content', 'parts'))
          : [],
      ),
    ),
  }),
  createCallReader,
  reportedCalls(frame) {
    const json = frameJson(frame)
    return [...objectsOf(json?.candidates)].flatMap(([index, { content }]) =>
      isObject(content)
        ? partCalls(content.parts, pointer('/candidates', index, 'content', 'parts')).map(
            ({ path, ...call }) => ({ channel: path, ...call }),
          )
        : [],
    )
  },
  requestTurns(body) {
    return {
      turns: [
        ...geminiTurns(memberOf(body, 'systemInstruction') ?? null, 'system'),
        ...geminiTurns(body.contents),
      ],
    }
  },
  isResponse: (json) =>
    Array.isArray(json.candidates) ||
    (isObject(json.promptFeedback) && typeof json.promptFeedback.blockReason === 'string'),
  responseTurns: (body) =>
    [...objectsOf(body.candidates)].flatMap(([, { content }]) => geminiTurns(content, 'assistant')),
  frameTexts,
  completedBy: () => [],
  mayBeCompletedBy(frame) {
    const json = frameJson(frame)
    return [...objectsOf(json?.candidates)].flatMap(([, candidate]) =>
      candidate.finishReason === undefined ? [] : [`/candidates/${String(candidate.index ?? 0)}/`],
    )
  },
  repeatsTexts: false,
  withoutEchoes: (json, _changedFrom, isChanged) => (isChanged ? withoutLogprobs(json) : json),
  usage: (body) =>
    [...responsesIn(body)].map(([, one]) => geminiUsage(one)).findLast((usage) => usage !== undefined),
  finishReasons: (body) => [...responsesIn(body)].flatMap(([, one]) => finishReasonsOf(one)),
  errorBody: geminiErrorBody,
  errorFrames: geminiErrorFrames,
  isTerminator(frame) {
    const json = frameJson(frame)
    return json !== undefined && isObject(json.usageMetadata) && finishReasonsOf(json).length > 0
  },
  createFollower: createGeminiFollower,
  createAssembler: createGeminiAssembler,
}

/** So much of the end of a run of code is judged again with each piece of it. */
const judgedCode = 65_536

/**
 * Arguments that come in pieces are reported when they are complete, which they are at the end of their candidate at the latest. Code that
 * comes in pieces is reported with each, as far as it has come: it leaves as text does.
 */
function createCallReader(): (frame: SseFrame) => ReportedCall[] {
  const candidates = new Map<
    string,
    {
      take: ReturnType<typeof createPartialCalls>
      takeCode: ReturnType<typeof createCodeRuns>
      open?: ReportedCall | undefined
    }
  >()

  return (frame) => {
    const joined: ReportedCall[] = []
    for (const [index, candidate] of objectsOf(frameJson(frame)?.candidates)) {
      const of = String(candidate.index ?? 0)
      const known = candidates.get(of) ?? { take: createPartialCalls(), takeCode: createCodeRuns() }
      candidates.set(of, known)
      const parts = isObject(candidate.content) ? candidate.content.parts : undefined
      for (const [at, part] of objectsOf(parts)) {
        const run = known.takeCode(part)
        if (run) joined.push(reportedRun(run, of))
        const call = known.take(part)
        if (!call) continue
        const channel = pointer('/candidates', index, 'content', 'parts', at, 'functionCall', 'args')
        const whole = { channel, name: call.name, text: JSON.stringify(call.args) }
        if (call.isComplete) joined.push(whole)
        known.open = call.isComplete ? undefined : whole
      }
      if (candidate.finishReason !== undefined && known.open) joined.push(known.open)
    }
    const whole = geminiGenerate
      .reportedCalls(frame)
      .filter(({ name, channel }) => name !== '' && !/\/executable_?code$/i.test(channel))
    return [...whole, ...joined]
  }
}

function reportedRun({ number, code }: CodeRun, candidate: string): ReportedCall {
  const channel = pointer('/candidates', candidate, 'executableCode', number)
  const end = typeof code.code === 'string' ? { ...code, code: code.code.slice(-judgedCode) } : code
  const { path, ...call } = calledTool(channel, 'codeExecution', end, ['code_execution'])
  return { channel: path, ...call }
}

export function geminiRequestTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  const system = member(body, 'systemInstruction')
  collectGeminiContent(collector, system.value, pointer('', system.name), { role: 'system', kind: 'text' })
  collectGeminiContent(collector, body.contents, '/contents', { role: 'user', kind: 'text' })
  for (const [index, tool] of objectsOf(body.tools)) {
    const declared = member(tool, 'functionDeclarations')
    for (const [at, one] of objectsOf(declared.value))
      collector.schema(one, pointer('/tools', index, declared.name, at), {
        ...{ role: 'system', kind: 'tool-definition', tool: stringOf(one.name) },
      })
  }
  return collector.parts.map((part) => withSignature(part, body))
}

/** Also of a stream that came as a list of JSON. */
function geminiResponseTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  for (const [at, response] of responsesIn(body))
    for (const [index, { content }] of objectsOf(response.candidates))
      collectGeminiContent(collector, content, pointer(at, 'candidates', index, 'content'), {
        ...{ role: 'assistant', kind: 'text' },
      })
  return collector.parts.map((part) => withSignature(part, body))
}

/** Thoughts and calls that have a signature come back to the model as they were. */
function withSignature(part: TextPart, body: unknown): TextPart {
  const [, place] = /^(.*\/parts\/\d+)\//.exec(part.path) ?? []
  if (place === undefined) return part
  let at: unknown = body
  for (const token of place.split('/').slice(1)) at = (at as Record<string, unknown> | undefined)?.[token]
  if (!isObject(at)) return part
  const isSigned = stringOf(memberOf(at, 'thoughtSignature')) && typeof at.text !== 'string'
  return isSigned || (at.thought === true && memberOf(at, 'thoughtSignature'))
    ? { ...part, fixed: 'signed' }
    : part
}

function* responsesIn(body: unknown): Generator<[path: string, response: JsonObject]> {
  if (Array.isArray(body)) for (const [index, one] of objectsOf(body as Json)) yield [`/${index}`, one]
  else if (isObject(body)) yield ['', body]
}

/**
 * What is said and what is thought are a string each, and so are code, its output, a `finishMessage`, and each argument that comes in
 * pieces (`partialArgs`); everything else of a frame comes at once.
 */
function frameTexts(frame: SseFrame): FrameText[] {
  const json = frameJson(frame)
  return [...objectsOf(json?.candidates)].flatMap(([index, candidate]) => {
    const { content } = candidate
    const of = String(candidate.index ?? 0)
    const message = pieceIn(candidate, 'finishMessage', pointer('/candidates', index), of)
    if (!isObject(content)) return message
    const texts = listOf(content.parts).flatMap((part, at): FrameText[] => {
      if (!isObject(part)) return []
      const place = pointer('/candidates', index, 'content', 'parts', at)
      if (typeof part.text !== 'string' || part.text === '')
        return [...partialArgs(part, place, of), ...codeTexts(part, place, of)]
      const path = pointer(place, 'text')
      return part.thought === true
        ? [{ path, channel: thoughtAt(of), text: part.text, kind: 'text' }]
        : [{ path, channel: spokenAt(of), text: part.text, kind: 'text' }]
    })
    return [...texts, ...message]
  })
}

/** A string of a candidate or of a part, of which each frame has a piece. */
function pieceIn(
  object: JsonObject,
  field: string,
  place: string,
  candidate: string,
  kind: FrameText['kind'] = 'text',
): FrameText[] {
  const { name, value } = member(object, field)
  if (typeof value !== 'string' || value === '') return []
  return [
    { path: pointer(place, name), channel: pointer('/candidates', candidate, field), text: value, kind },
  ]
}

function codeTexts(part: JsonObject, place: string, candidate: string): FrameText[] {
  const code = member(part, 'executableCode')
  const ran = member(part, 'codeExecutionResult')
  return [
    ...(isObject(code.value) ? pieceIn(code.value, 'code', pointer(place, code.name), candidate) : []),
    ...(isObject(ran.value)
      ? pieceIn(ran.value, 'output', pointer(place, ran.name), candidate, 'tool-result')
      : []),
  ]
}

function partialArgs(part: JsonObject, place: string, candidate: string): FrameText[] {
  const call = member(part, 'functionCall')
  if (!isObject(call.value)) return []
  const args = member(call.value, 'partialArgs')
  return [...objectsOf(args.value)].flatMap(([index, arg]): FrameText[] => {
    const { name, value } = member(arg, 'stringValue')
    if (typeof value !== 'string' || value === '') return []
    const path = pointer(place, call.name, args.name, index, name)
    const channel = pointer('/candidates', candidate, 'partialArgs', String(memberOf(arg, 'jsonPath')))
    return [{ path, channel, text: value, kind: 'tool-arguments' }]
  })
}
