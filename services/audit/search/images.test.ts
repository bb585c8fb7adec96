import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conversationOf } from './conversation.ts'
import { imagesIn } from './images.ts'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('images are found as each format has them, with their place and size, and others are not', () => {
  const found = imagesIn({
    messages: [
      { content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }] },
      { content: [{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: png } }] },
      { parts: [{ inlineData: { mimeType: 'image/webp', data: png } }] },
      { content: [{ type: 'image_url', image_url: { url: 'https://evil.example/pixel.png' } }] },
      { content: `data:image/svg+xml;base64,${png}` },
      { content: [{ source: { media_type: 'text/html', data: png } }] },
      { 'a/b~c': `data:image/gif;base64,${'A'.repeat(1_000_001)}` },
    ],
  })
  assert.deepEqual(
    found.map(({ path, image }) => [path, image.mediaType, image.bytes, image.data === null]),
    [
      ['/messages/0/content/0/image_url/url', 'image/png', Buffer.from(png, 'base64').length, false],
      ['/messages/1/content/0/source', 'image/jpeg', Buffer.from(png, 'base64').length, false],
      ['/messages/2/parts/0/inlineData', 'image/webp', Buffer.from(png, 'base64').length, false],
      ['/messages/6/a~1b~0c', 'image/gif', 750_000, true],
    ],
  )
})

test('nesting of any depth is walked without a recursion', () => {
  let nested: unknown = `data:image/png;base64,${png}`
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested]
  assert.equal(imagesIn(nested).length, 1)
})

test('an image stands in the conversation with its message, also where nothing else is said there', () => {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
  const text = JSON.stringify({
    model: 'm',
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
      { role: 'assistant', content: 'A dot.' },
      { role: 'user', content: [image] },
    ],
  })
  const body = { mediaType: 'application/json', bytes: text.length, sha256: '0'.repeat(64), text }
  const opening = { data: { request: { format: 'openai.chat', body } } }
  const { request } = conversationOf({ opening } as never, new Map() as never)
  assert.deepEqual(
    request.messages.map(({ role, kind, image }) => [role, kind, image?.mediaType]),
    [
      ['user', 'text', undefined],
      ['user', 'image', 'image/png'],
      ['assistant', 'text', undefined],
      ['user', 'image', 'image/png'],
    ],
  )
})

test('conversations of tens of thousands of images are put together in the time of a page', () => {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
  const messages = Array.from({ length: 20_000 }, (_, number) => ({
    role: 'user',
    content: [image, { type: 'text', text: `number ${number}` }],
  }))
  const text = JSON.stringify({ model: 'm', messages })
  const body = { mediaType: 'application/json', bytes: text.length, sha256: '0'.repeat(64), text }
  const opening = { data: { request: { format: 'openai.chat', body } } }
  const { request } = conversationOf({ opening } as never, new Map() as never)
  assert.deepEqual(
    request.messages.map(({ path }) => path.split('/').slice(1, 3).join(' ')),
    messages.flatMap((_, number) => [`messages ${number}`, `messages ${number}`]),
  )
})
