import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  goldenClients,
  goldenOptions,
  goldenTranslator,
  translateErrors,
  translateExchange,
} from './golden/exchange.ts'
import { UntranslatableError } from './untranslatable-error.ts'

const root = new URL('golden/', import.meta.url)
for (const client of goldenClients) {
  const folder = new URL(`${client}/`, root)
  const exchanges = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())

  for (const { name } of exchanges) {
    test(`${client}: ${name} is translated as in the golden files`, () => {
      const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8')
      for (const [file, text] of Object.entries(translateExchange(client, read))) {
        if (file.endsWith('.json')) assert.deepEqual(JSON.parse(text), JSON.parse(read(file)), file)
        else assert.equal(text, read(file), file)
      }
    })
  }

  test(`${client}: errors are translated as in the golden file`, () => {
    const list = readFileSync(new URL('errors.json', folder), 'utf8')
    assert.deepEqual(JSON.parse(translateErrors(client, list)), JSON.parse(list))
  })

  test(`${client}: what would be lost is refused, and the field is named`, () => {
    const list = readFileSync(new URL('untranslatable.json', folder), 'utf8')
    for (const { param, request } of JSON.parse(list) as { param: string; request: object }[]) {
      assert.throws(
        () => goldenTranslator(client).request(JSON.stringify(request), goldenOptions(client)),
        (error: unknown) => {
          assert.ok(error instanceof UntranslatableError, String(error))
          assert.equal(error.param, param)
          return true
        },
      )
    }
  })
}

test('what is of use to its own provider alone is left out, and reported', () => {
  const request = {
    model: 'gpt-4.1',
    max_tokens: 9,
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: 'x' },
          { type: 'text', text: 'Yes?' },
        ],
      },
      { role: 'user', content: 'Go on' },
    ],
  }
  const { ignored } = goldenTranslator('anthropic-client').request(
    JSON.stringify(request),
    goldenOptions('anthropic-client'),
  )
  assert.deepEqual(ignored, ['messages[0].content[0].cache_control', 'messages[1].content[0]'])
})

test('hints that the other provider has no word for are left out, and reported', () => {
  const request = {
    model: 'claude-3-5-haiku',
    seed: 7,
    verbosity: 'low',
    temperature: 1.5,
    messages: [{ role: 'user', content: 'Hi' }],
  }
  const { body, ignored } = goldenTranslator('openai-client').request(
    JSON.stringify(request),
    goldenOptions('openai-client'),
  )
  assert.deepEqual(ignored.toSorted(), ['seed', 'temperature', 'verbosity'])
  const sent = JSON.parse(body)
  assert.equal(sent.temperature, 1)
  assert.deepEqual([sent.seed, sent.verbosity], [undefined, undefined])
})
