import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from './json.ts'
import { replaceTexts } from './replace-texts.ts'

test('strings are replaced, the rest is shared, the original stays', () => {
  const body = {
    model: 'm',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'c' },
    ],
    metadata: { 'a/b~c': 'd' },
  }
  const before = structuredClone(body)
  const after = replaceTexts(body, [
    { path: '/messages/0/content/0/text', text: 'A' },
    { path: '/messages/0/content/1/text', text: 'B' },
    { path: '/metadata/a~1b~0c', text: 'D' },
  ]) as typeof body
  assert.deepEqual(body, before)
  assert.deepEqual(after.messages[0]?.content, [
    { type: 'text', text: 'A' },
    { type: 'text', text: 'B' },
  ])
  assert.equal(after.metadata['a/b~c'], 'D')
  assert.equal(after.messages[1], body.messages[1])
})

test('a field named __proto__ is data like any other', () => {
  const body = JSON.parse('{"metadata":{"__proto__":"x"}}') as JsonObject
  const after = replaceTexts(body, [{ path: '/metadata/__proto__', text: 'y' }])
  assert.equal(JSON.stringify(after), '{"metadata":{"__proto__":"y"}}')
})

test('an edit of something that is not there is refused', () => {
  for (const path of ['', '/a', '/a/b', '/n', '/list/7', '/list/length', '/toString/name']) {
    assert.throws(() => replaceTexts({ n: 1, list: [] }, [{ path, text: 'x' }]), /no string at/)
  }
})
