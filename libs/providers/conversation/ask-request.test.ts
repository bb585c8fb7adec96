import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FormatId, formats } from '../formats.ts'
import type { JsonObject } from '../json.ts'
import { readRequestTexts } from '../read-body.ts'
import { askRequest } from './ask-request.ts'

test('the instructions of an app are found in every format', () => {
  const prompt = 'You are a pirate.'
  const parts = { parts: [{ text: prompt }] }
  const bodies: [FormatId, JsonObject][] = [
    ['openai.chat', { messages: [{ role: 'system', content: prompt }] }],
    ['openai.chat', { messages: [{ role: 'developer', content: [{ type: 'text', text: prompt }] }] }],
    ['openai.responses', { instructions: prompt, input: 'hi' }],
    ['openai.responses', { input: [{ role: 'system', content: prompt }] }],
    ['anthropic.messages', { system: prompt, messages: [] }],
    ['anthropic.messages', { system: [{ type: 'text', text: prompt }], messages: [] }],
    ['gemini.generate-content', { systemInstruction: parts, contents: [] }],
    ['gemini.generate-content', { system_instruction: parts, contents: [] }],
    ['gemini.generate-content', { systemInstruction: prompt, contents: [] }],
  ]
  for (const [id, body] of bodies) {
    const { texts } = readRequestTexts(formats[id], body)
    const asked = askRequest({
      ...{ format: formats[id], path: '', stream: false, sources: [] },
      ...{ body: () => body, texts: () => texts },
    })
    assert.deepEqual(asked.systemPrompts(), [prompt], `${id}: ${JSON.stringify(body)}`)
    assert.equal(asked.request().hasSystemPrompt, true)
  }
})
