import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FormatId, formats } from './formats.ts'
import type { JsonObject } from './json.ts'
import { readResponseTexts } from './read-body.ts'

const tokens = (...said: string[]) => said.map((token) => ({ token, logprob: -1 }))

/** A response that says a text, with log probabilities of the tokens given and of others that were likely. */
const responses: Partial<Record<FormatId, (text: string, said: string[], other: string) => JsonObject>> = {
  'openai.chat': (content, [first = '', ...said], other) => ({
    choices: [
      {
        message: { role: 'assistant', content },
        logprobs: { content: [{ ...tokens(first)[0]!, top_logprobs: tokens(other) }, ...tokens(...said)] },
      },
    ],
  }),
  'openai.completions': (text, said, other) => ({
    choices: [{ text, logprobs: { tokens: said, top_logprobs: [{ [other]: -1 }] } }],
  }),
  'openai.responses': (text, [first = '', ...said], other) => ({
    output: [
      {
        ...{ type: 'message', role: 'assistant' },
        content: [
          {
            ...{ type: 'output_text', text },
            logprobs: [{ ...tokens(first)[0]!, top_logprobs: tokens(other) }, ...tokens(...said)],
          },
        ],
      },
    ],
  }),
  'gemini.generate-content': (text, said, other) => ({
    candidates: [
      {
        content: { role: 'model', parts: [{ text: text.slice(0, 2) }, { text: text.slice(2) }] },
        logprobsResult: {
          chosenCandidates: tokens(...said),
          topCandidates: [{ candidates: tokens(other) }],
        },
      },
    ],
  }),
}

for (const [id, response] of Object.entries(responses)) {
  const read = (...[text, said, other]: Parameters<typeof response>) =>
    readResponseTexts(formats[id as FormatId], response(text, said, other))
  const isNamed = ({ unscanned }: ReturnType<typeof read>) => unscanned.some(({ kind }) => kind === 'echo')

  test(`${id}: tokens that spell the text out are an echo, and all others are read`, () => {
    const echo = read('so long', ['so ', 'long'], 'short')
    assert.ok(isNamed(echo))
    const texts = echo.texts.map(({ text }) => text)
    assert.ok(!texts.includes('so ') && texts.includes('short'))

    const other = read('so long', ['4111 ', '1111'], 'short')
    assert.ok(!isNamed(other))
    const [first, second] = ['4111 ', '1111'].map((token) => other.texts.find(({ text }) => text === token))
    assert.equal(second?.continues, first?.path)
  })
}

test('what is called so and has no tokens is read wherever it stands', () => {
  const places: [FormatId, JsonObject][] = [
    ['openai.chat', { logprobs: 'falcon' }],
    ['openai.chat', { choices: [{ message: { content: 'x', logprobs: { any: ['falcon'] } } }] }],
    ['gemini.generate-content', { candidates: [{ logprobsResult: { deep: { er: 'falcon' } } }] }],
  ]
  for (const [id, body] of places) {
    const { texts, unscanned } = readResponseTexts(formats[id], body)
    assert.ok(
      texts.some(({ text }) => text === 'falcon'),
      JSON.stringify({ body, unscanned }),
    )
  }
})
