import { createRequire } from 'node:module'
import { join } from 'node:path'
import OpenAI from 'openai'
import { readWithResponses } from './read-responses.ts'
import type { Ask, Format, Said } from './said.ts'

type Block = { type: string; text?: string; thinking?: string; name?: string; input?: unknown }
type Message = { content: Block[]; stop_reason: string | null }
/** The part of the official client that is used here; the package is installed for the conformance tests only. */
type AnthropicClient = new (
  options: object,
) => {
  messages: {
    create(body: object): Promise<Message>
    stream(body: object): { finalMessage(): Promise<Message> }
  }
}
const require = createRequire(join(import.meta.dirname, '..', 'conformance', 'package.json'))

/** What the official client library of a format makes of the response. */
export async function readAsClient(format: Format, ask: Ask): Promise<Said> {
  if (format === 'gemini.generate-content') return readWithGoogle(ask)
  if (format === 'openai.responses') return readWithResponses(ask)
  return format === 'openai.chat' ? readWithOpenai(ask) : readWithAnthropic(ask)
}

async function readWithOpenai({ baseUrl, headers, body, stream }: Ask): Promise<Said> {
  const client = new OpenAI({
    baseURL: `${baseUrl}/v1`,
    apiKey: 'sk-replay',
    defaultHeaders: headers,
    maxRetries: 0,
    logLevel: 'off',
  })
  const request = body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming
  let streamed = ''
  const completion = stream
    ? await client.chat.completions
        .stream({ ...request, stream: true })
        .on('chunk', ({ choices }) => {
          streamed += reasoningOf(choices[0]?.delta)
        })
        .finalChatCompletion()
    : await client.chat.completions.create({ ...request, stream: false })
  const choice = completion.choices[0]!
  const { message } = choice
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'custom'
      ? []
      : [{ name: call.function.name, args: JSON.parse(call.function.arguments || '{}') as unknown }],
  )
  return {
    text: textOf(message.content),
    reasoning: stream ? streamed : reasoningOf(message),
    calls,
    end: endOf(choice.finish_reason, calls.length > 0),
  }
}

async function readWithAnthropic({ baseUrl, headers, body, stream }: Ask): Promise<Said> {
  const { Anthropic } = require('@anthropic-ai/sdk') as { Anthropic: AnthropicClient }
  const client = new Anthropic({
    baseURL: baseUrl,
    apiKey: 'sk-replay',
    defaultHeaders: headers,
    maxRetries: 0,
    logLevel: 'off',
    // Without a time limit of its own it refuses a long response that is not streamed.
    timeout: 60_000,
  })
  const message = stream
    ? await client.messages.stream(body).finalMessage()
    : await client.messages.create(body)
  const joined = (field: 'text' | 'thinking') =>
    message.content.map((block) => (block.type === field ? (block[field] ?? '') : '')).join('')
  const calls = message.content.flatMap((block) =>
    block.type === 'tool_use' ? [{ name: block.name!, args: block.input }] : [],
  )
  return {
    text: joined('text'),
    reasoning: joined('thinking'),
    calls,
    end: endOf(message.stop_reason, calls.length > 0),
  }
}

type GeminiPart = { text?: string; thought?: boolean; functionCall?: { name: string; args?: unknown } }
type Generated = { candidates?: { content?: { parts?: GeminiPart[] }; finishReason?: string }[] }
type GoogleClient = new (
  options: object,
) => {
  models: {
    generateContent(body: object): Promise<Generated>
    generateContentStream(body: object): Promise<AsyncIterable<Generated>>
  }
}

async function readWithGoogle({ baseUrl, headers, body, stream }: Ask): Promise<Said> {
  const { GoogleGenAI } = require('@google/genai') as { GoogleGenAI: GoogleClient }
  const httpOptions = { baseUrl, headers, retryOptions: { attempts: 1 } }
  const { models } = new GoogleGenAI({ apiKey: 'sk-replay', httpOptions })
  const frames: Generated[] = []
  if (stream) for await (const frame of await models.generateContentStream(body)) frames.push(frame)
  else frames.push(await models.generateContent(body))
  const candidates = frames.flatMap(({ candidates }) => candidates?.[0] ?? [])
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  const joined = (isThought: boolean) =>
    parts.map(({ text, thought }) => (Boolean(thought) === isThought ? (text ?? '') : '')).join('')
  const calls = parts.flatMap(({ functionCall }) =>
    functionCall ? [{ name: functionCall.name, args: functionCall.args ?? {} }] : [],
  )
  const reason = candidates.flatMap(({ finishReason }) => finishReason ?? []).at(-1) ?? null
  return { text: joined(false), reasoning: joined(true), calls, end: endOf(reason, calls.length > 0) }
}

/** Mistral gives a list of parts where OpenAI gives a text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return partsOf(content)
    .map(({ type, text }) => (type === 'text' ? (text ?? '') : ''))
    .join('')
}

/** Reasoning is no part of OpenAI's format: its client keeps such fields, and joins none of them. */
function reasoningOf(message: object | undefined): string {
  const { reasoning_content, reasoning, content } = (message ?? {}) as Record<string, unknown>
  return String(reasoning_content ?? reasoning ?? thinkingOf(content))
}

function thinkingOf(content: unknown): string {
  return partsOf(content)
    .map(({ thinking }) =>
      partsOf(thinking)
        .map(({ text }) => text ?? '')
        .join(''),
    )
    .join('')
}

function partsOf(value: unknown): { type?: string; text?: string; thinking?: unknown }[] {
  return Array.isArray(value) ? value : []
}

/** Servers name the same ending in many ways; calls end a response whatever it is named. */
function endOf(reason: string | null, hasCalls: boolean): Said['end'] {
  if (reason === 'length' || reason === 'max_tokens' || reason === 'MAX_TOKENS') return 'length'
  const refusals = ['content_filter', 'refusal', 'SAFETY', 'PROHIBITED_CONTENT']
  if (reason !== null && refusals.includes(reason)) return 'refusal'
  return hasCalls ? 'calls' : 'stop'
}
