import { collectContent, createTextCollector } from '../../collect-texts.ts'
import { inputTurns } from '../../conversation/input-turns.ts'
import { isObject, type JsonObject, listOf, objectsOf } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { frameJson, isDone, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer, type TextPart } from '../../text-part.ts'
import { tokenListsAt } from '../../usage/token-lists.ts'
import type { StreamAssembler, WireFormat } from '../../wire-format.ts'
import { createChoiceFollower } from '../openai/choice-follower.ts'
import { openaiErrorBody, openaiErrorFrames } from '../openai/error.ts'
import { collectRequestLabels } from '../openai/labels.ts'
import { openaiFields, openaiOpaque } from '../openai/opaque.ts'
import { openaiUsage } from '../openai/usage.ts'
import { withoutEchoes } from '../openai/without-echoes.ts'
import { choiceFinishReasons, doneWith, finishedChoices } from '../openai-chat/format.ts'
import { choiceTurns } from '../openai-chat/turns.ts'
import { missing, readModelRequest, wrongKind } from '../read-request.ts'
import { toolless } from '../toolless.ts'

/** OpenAI completions, the older text-in, text-out endpoint: `POST /v1/completions`. */
export const openaiCompletions: WireFormat = {
  id: 'openai.completions',
  routes: ['POST /v1/completions'],
  apis: ['openai'],
  hasDeploymentRoute: true,
  operationName: 'text_completion',
  generatesText: true,
  streamsText: true,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) =>
    readModelRequest(body, ({ prompt }) => {
      if (prompt === undefined || prompt === null) return missing('prompt')
      if (typeof prompt === 'string' || Array.isArray(prompt)) return undefined
      return wrongKind('prompt', 'a string or an array', prompt)
    }),
  requestTexts(body) {
    const collector = createTextCollector()
    if (!isObject(body)) return collector.parts
    collectContent(collector, body.prompt, '/prompt', { role: 'user', kind: 'text' })
    collector.text(body.suffix, '/suffix', { role: 'user', kind: 'text' })
    collectRequestLabels(collector, body)
    return collector.parts
  },
  responseTexts,
  opaqueAt: indexPlaces(openaiOpaque),
  tokenLists: ({ prompt }) => tokenListsAt(prompt, '/prompt'),
  fields: openaiFields,
  ...toolless,
  requestTurns: ({ prompt, suffix }) => ({ turns: [...inputTurns(prompt), ...inputTurns(suffix)] }),
  isResponse: hasTextChoices,
  responseTurns: ({ choices }) => choiceTurns(choices),
  frameTexts,
  completedBy: doneWith,
  mayBeCompletedBy: finishedChoices,
  opaqueInFrames: indexPlaces(openaiOpaque),
  repeatsTexts: false,
  withoutEchoes,
  usage: openaiUsage,
  finishReasons: choiceFinishReasons,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
  isTerminator: isDone,
  createFollower: () =>
    createChoiceFollower({
      object: 'text_completion',
      blocked: (index) => ({ index, text: '', logprobs: null, finish_reason: 'content_filter' }),
    }),
  createAssembler,
}

function hasTextChoices({ choices, object }: JsonObject): boolean {
  if (!Array.isArray(choices)) return false
  for (const [, choice] of objectsOf(choices)) return 'text' in choice
  return object === 'text_completion'
}

function responseTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  for (const [index, choice] of objectsOf(body.choices)) {
    collector.text(choice.text, pointer('/choices', index, 'text'), { role: 'assistant', kind: 'text' })
  }
  return collector.parts
}

function frameTexts(frame: SseFrame): FrameText[] {
  const texts: FrameText[] = []
  for (const [position, { index, text }] of objectsOf(frameJson(frame)?.choices)) {
    if (typeof text !== 'string' || text === '') continue
    const channel = pointer('/choices', typeof index === 'number' ? index : position, 'text')
    texts.push({ path: pointer('/choices', position, 'text'), channel, text, kind: 'text' })
  }
  return texts
}

function createAssembler(): StreamAssembler {
  const head: JsonObject = {}
  const choices = new Map<number, JsonObject>()
  return {
    push(frame) {
      const chunk = frameJson(frame)
      if (!chunk || isObject(chunk.error)) return
      for (const [key, value] of Object.entries(chunk)) {
        if (key !== 'choices' && key !== '__proto__' && value !== null) head[key] = value
      }
      for (const [position, choice] of objectsOf(chunk.choices)) {
        const index = typeof choice.index === 'number' ? choice.index : position
        const known = choices.get(index) ?? { text: '', index, logprobs: null, finish_reason: null }
        choices.set(index, known)
        if (typeof choice.text === 'string') known.text += choice.text
        if (typeof choice.finish_reason === 'string') known.finish_reason = choice.finish_reason
        if (isObject(choice.logprobs)) known.logprobs = mergeLogprobs(known.logprobs, choice.logprobs)
      }
    },
    result() {
      if (Object.keys(head).length === 0 && choices.size === 0) return undefined
      const { id, object, created, model, ...rest } = head
      const ordered = [...choices.entries()]
        .toSorted(([a], [b]) => a - b)
        .map(([, choice]) => ({ ...choice }))
      return { id, object, created, model, choices: ordered, ...rest }
    },
  }
}

/** Four lists that run in parallel, one element a token. */
function mergeLogprobs(before: unknown, more: JsonObject): JsonObject {
  const merged: JsonObject = isObject(before) ? { ...before } : {}
  for (const [key, value] of Object.entries(more)) {
    if (key !== '__proto__') merged[key] = [...listOf(merged[key]), ...listOf(value)]
  }
  return merged
}
