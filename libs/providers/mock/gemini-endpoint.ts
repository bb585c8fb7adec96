import { memberOf } from '../formats/gemini/parts.ts'
import { geminiPath } from '../formats/gemini/places.ts'
import { geminiGenerate } from '../formats/gemini-generate/format.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf, parseObject, stringOf } from '../json.ts'
import { rawJson, type WritableJson, writeJson } from '../raw-json.ts'
import { type MockEndpoint, promptTokens } from './mock-endpoint.ts'
import { type MockResponse, piecesOf } from './mock-response.ts'

/** The mock in Gemini's format; the model stands in the path. @param asList its streams are lists of JSON. */
export function geminiEndpoint(path: string, asList: boolean): MockEndpoint {
  const model = geminiPath(path)?.model ?? 'mock'
  return {
    format: geminiGenerate,
    prompt(body) {
      const contents = contentsOf(body.contents)
      const asked = contents.findLast((one) => one.role !== 'model' && resultsOf(one).length === 0)
      return {
        model,
        inputTokens: promptTokens(geminiGenerate, body),
        text: textOf(asked),
        toolResults: resultsOf(contents.at(-1)),
      }
    },
    plain: (reply) => response(reply, [...textPart(reply.text, reply), ...calls(reply)], true),
    ...(asList && { streamType: 'application/json' }),
    *frames(reply) {
      const pieces = reply.text === '' ? [] : [...piecesOf(reply.text, reply.directives.chunks)]
      const chunks = [...pieces.map((text) => [{ text }]), ...calls(reply).map((call) => [call])]
      const frame = asList ? elementOf : eventOf
      for (const [index, parts] of chunks.entries())
        yield { text: frame(response(reply, parts, false), index), chunk: true }
      const last = frame(response(reply, [{ text: '' }], true), chunks.length)
      yield { text: asList ? `${last}\r\n]` : last, chunk: false }
    },
  }
}

function eventOf(body: WritableJson): string {
  return `data: ${writeJson(body)}\r\n\r\n`
}

function elementOf(body: WritableJson, index: number): string {
  return `${index === 0 ? '[' : ',\r\n'}${writeJson(body)}`
}

function textPart(text: string, { tools }: MockResponse): WritableJson[] {
  return text === '' && tools.length > 0 ? [] : [{ text }]
}

function calls({ tools }: MockResponse): WritableJson[] {
  return tools.map(({ id, name, args }) => ({
    functionCall: { id, name, args: rawJson(parseObject(args) ? args : '{}') },
  }))
}

function response(reply: MockResponse, parts: WritableJson[], isLast: boolean): WritableJson {
  const { inputTokens, outputTokens, model, seed, finish } = reply
  const candidate = {
    content: { role: 'model', parts },
    index: 0,
    ...(isLast && { finishReason: finish ?? 'STOP' }),
  }
  return {
    candidates: [candidate],
    usageMetadata: {
      ...{ promptTokenCount: inputTokens, candidatesTokenCount: isLast ? outputTokens : 0 },
      totalTokenCount: inputTokens + (isLast ? outputTokens : 0),
    },
    ...{ modelVersion: model, responseId: seed },
  }
}

function contentsOf(contents: Json | undefined): JsonObject[] {
  if (typeof contents === 'string') return [{ role: 'user', parts: [{ text: contents }] }]
  if (isObject(contents)) return [contents]
  return [...objectsOf(contents)].map(([, one]) => one)
}

function textOf(content: JsonObject | undefined): string {
  return listOf(content?.parts)
    .map((part) => (isObject(part) ? (stringOf(part.text) ?? '') : ''))
    .filter((text) => text !== '')
    .join('\n')
}

function resultsOf(content: JsonObject | undefined): string[] {
  return listOf(content?.parts).flatMap((part) => {
    const result = isObject(part) ? memberOf(part, 'functionResponse') : undefined
    if (!isObject(result)) return []
    const { response: returned } = result
    const output = isObject(returned) ? (returned.output ?? returned.result ?? returned) : returned
    return [typeof output === 'string' ? output : JSON.stringify(output)]
  })
}

/** Embeddings and counts of tokens. */
export function geminiReckoning(method: string, body: JsonObject): JsonObject | undefined {
  const values = [0.1, 0.2, 0.3]
  if (method === 'embedContent') return { embedding: { values } }
  if (method === 'batchEmbedContents') return { embeddings: listOf(body.requests).map(() => ({ values })) }
  if (method === 'countTokens') return { totalTokens: promptTokens(geminiGenerate, body) }
  return undefined
}

export const geminiModels = {
  models: ['mock', 'mock-embedding'].map((id) => ({
    ...{ name: `models/${id}`, displayName: id, version: '1' },
    supportedGenerationMethods: ['generateContent', 'embedContent', 'countTokens'],
  })),
}
