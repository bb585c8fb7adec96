import { createHash } from 'node:crypto'
import type { MockDirectives } from './directives.ts'
import type { ForcedTool } from './forced-tool.ts'

export type MockTool = { id: string; name: string; args: string }

/** What the mock provider responds, before it takes a format's shape. */
export type MockResponse = {
  /** 24 hexadecimal digits of the request's SHA-256, for ids. */
  seed: string
  createdSeconds: number
  model: string
  text: string
  tools: MockTool[]
  /** Finish reason that was asked for; otherwise the format's own for text or tools. */
  finish: string | undefined
  inputTokens: number
  outputTokens: number
  directives: MockDirectives
}

/** What an endpoint's request says to the mock. */
export type MockPrompt = {
  model: string
  inputTokens: number
  /** Text of the last user message, without directives. */
  text: string
  /** Results that the client sent for earlier tool calls: the mock then responds with them and calls no tool again. */
  toolResults: string[]
  /** The tool that the request forces a call of: the mock calls it where no directive names another, and again after results. */
  forcedTool?: ForcedTool | undefined
}

const yearSeconds = 365 * 24 * 3600

/**
 * The same request gives the same response to the byte, ids and `created` included (a time within a year of November 2023
 * taken from the request's hash): so recordings of two runs can be compared.
 */
export function mockResponse(
  prompt: MockPrompt,
  directives: MockDirectives,
  requestBody: Buffer,
): MockResponse {
  const digest = createHash('sha256').update(requestBody).digest()
  const seed = digest.toString('hex', 0, 12)
  const asked = prompt.toolResults.length > 0 ? [] : directives.tools
  const called = asked.length === 0 && prompt.forcedTool ? [prompt.forcedTool] : asked
  const tools = called.map(({ name, args }, index) => ({
    id: `${seed.slice(0, 22)}${hexByte(index)}`,
    name,
    args,
  }))
  const text = responseText(prompt, directives, tools.length > 0)
  return {
    seed,
    createdSeconds: 1_700_000_000 + (digest.readUInt32BE(12) % yearSeconds),
    model: prompt.model,
    text,
    tools,
    finish: directives.finish,
    inputTokens: prompt.inputTokens,
    outputTokens: mockTokens(
      text.length + tools.reduce((sum, tool) => sum + tool.name.length + tool.args.length, 0),
    ),
    directives,
  }
}

function hexByte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0')
}

/** The mock counts four characters a token. */
export function mockTokens(characters: number): number {
  return Math.ceil(characters / 4)
}

const filler = 'The quick brown fox jumps over the lazy dog. '

function responseText(prompt: MockPrompt, directives: MockDirectives, callsTools: boolean): string {
  if (directives.text !== undefined) return directives.text
  if (directives.sizeBytes !== undefined) return fill(directives.sizeBytes)
  if (callsTools) return ''
  if (prompt.toolResults.length > 0) return prompt.toolResults.join('\n')
  if (prompt.text !== '') return prompt.text
  return fill(directives.chunks === undefined ? filler.length - 1 : Math.max(directives.chunks * 6, 1))
}

function fill(bytes: number): string {
  return filler.repeat(Math.ceil(bytes / filler.length)).slice(0, bytes)
}

/** Cuts a text for streaming: into that many pieces where `count` is given (fewer when the text is shorter), else by word. */
export function* piecesOf(text: string, count?: number): Generator<string> {
  if (count === undefined && text.length < 64 * 1024) {
    yield* text.match(/\s*\S+|\s+/g) ?? []
    return
  }
  const pieces = Math.min(count ?? Math.ceil(text.length / (16 * 1024)), text.length)
  let start = 0
  for (let piece = 1; piece <= pieces; piece++) {
    let end = Math.round((text.length * piece) / pieces)
    // Never between the halves of a surrogate pair: alone they would not survive UTF-8.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end++
    if (end > start) yield text.slice(start, end)
    start = Math.max(start, end)
  }
}
