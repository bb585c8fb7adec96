import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { claudeTraits } from './claude-models.ts'
import { goldenTranslator } from './golden/exchange.ts'

const options = { defaultMaxTokens: 8_192, server: 'openai' } as const

function translated(request: object): { body: Record<string, unknown>; ignored: string[] } {
  const base = { messages: [{ role: 'user', content: 'x' }] }
  const { body, ignored } = goldenTranslator('openai-client').request(
    JSON.stringify({ ...base, ...request }),
    options,
  )
  return { body: JSON.parse(body) as Record<string, unknown>, ignored }
}

const models = [
  'claude-3-5-haiku-latest',
  'claude-3-7-sonnet-latest',
  'claude-sonnet-4-5',
  'claude-opus-4-5',
  'claude-opus-4-6',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'claude-haiku-5-5',
  'claude-sonnet-5-5',
  'claude-opus-5-5',
  'claude-fable-5',
]
const tools = [{ type: 'function', function: { name: 'f' } }]
const called = [
  { role: 'user', content: 'x' },
  {
    role: 'assistant',
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: 'ok' },
]

test('no combination of effort, tools, sampling and limits becomes one that the model refuses', () => {
  const request = fc.record(
    {
      model: fc.constantFrom(...models),
      reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
      tool_choice: fc.constantFrom('auto', 'none', 'required', { type: 'function', function: { name: 'f' } }),
      temperature: fc.constantFrom(0, 0.2, 1),
      top_p: fc.constantFrom(0.1, 0.95, 1),
      max_tokens: fc.constantFrom(1, 1_024, 1_025, 1_500, 4_000, 64_000),
      messages: fc.constantFrom(called, [{ role: 'user', content: 'x' }]),
    },
    { requiredKeys: ['model', 'messages'] },
  )
  fc.assert(
    fc.property(request, (asked) => {
      const traits = claudeTraits(asked.model)
      const forces =
        asked.tool_choice !== undefined && !['auto', 'none'].includes(asked.tool_choice as string)
      if (forces && !traits.forcesTools) {
        assert.throws(() => translated({ ...asked, tools }), /'tool_choice' cannot be translated/)
        return
      }
      const { body, ignored } = translated({ ...asked, tools })
      const thinking = body.thinking as { type: string; budget_tokens?: number } | undefined
      const thinks = thinking ? ['adaptive', 'enabled'].includes(thinking.type) : traits.thinksByDefault
      const effort = (body.output_config as { effort?: string } | undefined)?.effort
      if (thinks && !traits.thinksByDefault) assert.ok(!forces, 'thinks before a forced call')
      if (forces) assert.ok(!thinks, 'thinks before a forced call')
      if (thinking?.type === 'enabled') {
        assert.equal(traits.thinking, 'budget')
        assert.ok(thinking.budget_tokens! >= 1_024 && thinking.budget_tokens! < (body.max_tokens as number))
        assert.notEqual(asked.messages, called, 'thinking of a call that goes on is not there')
      }
      if (thinking?.type === 'adaptive') assert.equal(traits.thinking, 'adaptive')
      if (thinking && !thinks) assert.equal(thinking.type, traits.thinkingOff)
      if (effort !== undefined) assert.ok((traits.efforts as readonly string[]).includes(effort))
      if (thinking && !thinks) assert.ok(effort !== 'xhigh' && effort !== 'max')
      if (traits.sampling === 'none') assert.ok(!('temperature' in body) && !('top_p' in body))
      if (traits.sampling === 'one') assert.ok(!('temperature' in body && 'top_p' in body))
      if (thinks)
        assert.ok(!('temperature' in body) && (body.top_p === undefined || Number(body.top_p) >= 0.95))
      for (const field of ['temperature', 'top_p'] as const) {
        const value = asked[field]
        if (value !== undefined && value !== 1 && !(field in body)) assert.ok(ignored.includes(field))
      }
      const isLost =
        asked.reasoning_effort && asked.reasoning_effort !== 'none' && !thinks && effort === undefined
      if (isLost) assert.ok(ignored.includes('reasoning_effort'))
    }),
    { numRuns: 1_000 },
  )
})

test('effort becomes a budget of tokens, or adaptive thinking', () => {
  const of = (model: string, effort: string) => {
    const { body } = translated({ model, reasoning_effort: effort, max_tokens: 64_000 })
    return [body.thinking, (body.output_config as object | undefined) ?? null]
  }
  assert.deepEqual(of('claude-sonnet-4-5', 'medium'), [{ type: 'enabled', budget_tokens: 8_192 }, null])
  assert.deepEqual(of('claude-opus-4-5', 'max'), [
    { type: 'enabled', budget_tokens: 31_999 },
    { effort: 'high' },
  ])
  assert.deepEqual(of('claude-opus-4-6', 'xhigh'), [{ type: 'adaptive' }, { effort: 'high' }])
  assert.deepEqual(of('claude-opus-4-8', 'xhigh'), [{ type: 'adaptive' }, { effort: 'xhigh' }])
  assert.deepEqual(of('claude-sonnet-5-5', 'none'), [{ type: 'between_tools' }, null])
  assert.deepEqual(of('claude-opus-5-5', 'none'), [undefined, { effort: 'low' }])
  assert.deepEqual(of('claude-opus-4-8', 'none'), [undefined, null])
})

test('how much to think is taken as OpenRouter and clients of Claude models say it', () => {
  const asked = (model: string, more: object) => {
    const { body, ignored } = translated({ model, max_tokens: 40_000, ...more })
    return { ...(body as { thinking?: { type: string; budget_tokens?: number }; top_k?: number }), ignored }
  }
  const budget = { thinking: { type: 'enabled', budget_tokens: 9_000 } }
  assert.deepEqual(asked('claude-sonnet-4-5', budget).thinking, {
    type: 'enabled',
    budget_tokens: 8_192,
  })
  assert.deepEqual(asked('claude-opus-4-8', budget).thinking, { type: 'adaptive' })
  assert.equal(asked('claude-sonnet-4-5', { thinking: { type: 'disabled' } }).thinking, undefined)
  const routed = { reasoning: { effort: 'low' }, top_k: 4 }
  const { thinking, top_k, ignored } = asked('claude-sonnet-4-5', routed)
  assert.deepEqual([thinking?.budget_tokens, top_k, ignored], [2_048, undefined, ['top_k']])
  assert.equal(asked('claude-sonnet-4-5', { top_k: 4 }).top_k, 4)
})
