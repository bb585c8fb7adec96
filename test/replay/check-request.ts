import assert from 'node:assert/strict'
import { geminiApi } from '../conformance/published-api.ts'
import type { TranslatedFormat as Format } from './said.ts'

type Block = {
  type: string
  text?: string
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  content?: unknown
}
type Call = { id: string; function: { name: string; arguments: string } }
type Message = { role: string; content?: unknown; tool_calls?: Call[]; tool_call_id?: string }

/** @throws AssertionError where the API of the format would refuse the request, as its documentation says. */
export function checkRequest(format: Format, text: string): void {
  const body = JSON.parse(text) as { messages: Message[] } & Record<string, unknown>
  if (format === 'gemini.generate-content') checkGenerate(body)
  else if (format === 'openai.chat') checkChat(body)
  else checkMessages(body)
}

function checkGenerate(body: Record<string, unknown>): void {
  const [known] = Object.values(geminiApi.fields)
  for (const field of Object.keys(body)) assert.ok(known!.has(field), `Gemini knows no ${field}`)
  assert.equal(geminiApi.check('/v1beta/models/gemini-3-flash:generateContent', {}, body), undefined)
}

function checkMessages(body: { messages: Message[] } & Record<string, unknown>): void {
  const known = new Set(
    'model max_tokens system messages stop_sequences temperature top_p top_k stream tools tool_choice thinking output_config service_tier metadata context_management'.split(
      ' ',
    ),
  )
  for (const field of Object.keys(body)) assert.ok(known.has(field), `Anthropic knows no ${field}`)
  assert.equal(typeof body.max_tokens, 'number')
  const ids = new Set<string>()
  for (const [index, { role, content }] of body.messages.entries()) {
    const blocks = blocksOf(content)
    if (typeof content === 'string') assert.notEqual(content.trim(), '')
    else assert.ok(blocks.length > 0, 'a message without content')
    for (const block of blocks) {
      if (block.type === 'text') assert.notEqual(block.text?.trim(), '')
      if (block.type === 'tool_use') {
        assert.match(String(block.id), /^[a-zA-Z0-9_-]+$/)
        assert.match(String(block.name), /^[a-zA-Z0-9_-]{1,128}$/)
        assert.ok(!ids.has(block.id!), 'an id that comes twice')
        ids.add(block.id!)
        assert.ok(typeof block.input === 'object' && block.input !== null && !Array.isArray(block.input))
      }
      for (const inner of blocksOf(block.content)) {
        if (inner.type === 'text') assert.notEqual(inner.text?.trim(), '')
      }
    }
    const uses = blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []))
    const next = blocksOf(body.messages[index + 1]?.content)
    const results = next.flatMap(({ type, tool_use_id }) => (type === 'tool_result' ? [tool_use_id] : []))
    if (role === 'assistant') assert.deepEqual(uses, results, 'calls and results do not match')
  }
  for (const { input_schema } of (body.tools ?? []) as { input_schema: { type: string } }[]) {
    assert.equal(input_schema.type, 'object')
  }
  const thinking = body.thinking as { type: string; budget_tokens?: number } | undefined
  const choice = body.tool_choice as { type: string } | undefined
  const thinks = thinking?.type === 'enabled' || thinking?.type === 'adaptive'
  if (thinks) assert.ok(choice?.type !== 'any' && choice?.type !== 'tool', 'thinks before a forced call')
  if (thinks) assert.ok(body.temperature === undefined || body.temperature === 1)
  if (thinking?.type === 'enabled') assert.ok(thinking.budget_tokens! < (body.max_tokens as number))
}

function checkChat(body: { messages: Message[] } & Record<string, unknown>): void {
  const known = new Set(
    'model messages max_completion_tokens max_tokens stop temperature top_p stream stream_options tools tool_choice parallel_tool_calls reasoning_effort response_format service_tier user n frequency_penalty presence_penalty logprobs logit_bias store metadata prompt_cache_key safety_identifier'.split(
      ' ',
    ),
  )
  for (const field of Object.keys(body)) assert.ok(known.has(field), `OpenAI knows no ${field}`)
  if (typeof body.user === 'string') assert.ok(body.user.length <= 64)
  const open = new Set<string>()
  for (const { role, content, tool_calls, tool_call_id } of body.messages) {
    assert.ok(['system', 'developer', 'user', 'assistant', 'tool'].includes(role))
    if (role === 'tool') assert.ok(open.delete(String(tool_call_id)), 'a result without its call')
    else assert.equal(open.size, 0, 'calls without results')
    for (const { id, function: called } of tool_calls ?? []) {
      open.add(id)
      assert.match(called.name, /^[a-zA-Z0-9_-]{1,64}$/)
      assert.equal(typeof called.arguments, 'string')
    }
    if (role === 'assistant' && !tool_calls) assert.ok(content !== null && content !== undefined)
    for (const { type } of blocksOf(content)) {
      assert.ok(['text', 'image_url', 'file', 'input_audio'].includes(type))
      if (role === 'tool') assert.equal(type, 'text')
    }
  }
}

function blocksOf(content: unknown): Block[] {
  return Array.isArray(content) ? (content as Block[]) : []
}
