import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formats } from '../formats.ts'
import { editTexts, readRequestTexts } from '../read-body.ts'
import { decodeBase64, decodeDataUrl, embeddedTexts, parseDataUrl } from './data-url.ts'
import { readPercentText } from './percent-text.ts'

const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64')
const decoded = (url: string) => {
  const parsed = parseDataUrl(url)
  return parsed && decodeDataUrl(parsed)?.text
}

describe('data URLs', () => {
  for (const [what, url] of [
    ['of a type', `data:text/plain;base64,${base64('the falcon')}`],
    ['without a type', `data:;base64,${base64('the falcon')}`],
    ['in capitals', `DATA:TEXT/PLAIN;BASE64,${base64('the falcon')}`],
    ['with spaces', ` data:text/plain; charset=utf-8 ; base64,${base64('the falcon')}`],
    ['with line breaks in it', `data:text/plain;base64,${base64('the falcon').replace('G', 'G\r\n')}`],
    ['with percent signs in base64', `data:text/plain;base64,${base64('the falcon').replace('Z', '%5A')}`],
    ['in the other alphabet', `data:text/plain;base64,${Buffer.from('the falcon').toString('base64url')}`],
    ['in UTF-16', `data:text/plain;charset=utf-16le;base64,${base64('the falcon', 'utf16le')}`],
    ['in UTF-16 without saying so', `data:text/plain;base64,${base64('the falcon', 'utf16le')}`],
    ['with percent signs', 'data:,the%20f%61lcon'],
  ])
    test(`${what} are decoded`, () => assert.equal(decoded(url!), 'the falcon'))

  test('that readers take for different texts, or for none, are not', () => {
    assert.equal(decoded(`data:text/plain;a="x,y";base64,${base64('the falcon')}`), undefined)
    assert.equal(decoded('data:text/plain;base64,***'), undefined)
    assert.equal(decoded('data:text/plain;charset=utf-7;base64,K0FHWS0='), undefined)
    assert.equal(parseDataUrl('data: three rows, two columns')?.mediaType, undefined)
  })

  test('in another text are decoded beside it', () => {
    const url = `data:text/html;base64,${base64('the falcon')}`
    assert.deepEqual(embeddedTexts(`see ![x](${url}) and <img src="${url}">`), ['the falcon', 'the falcon'])
    assert.deepEqual(embeddedTexts('data:image/png;base64,iVBORw0KGgo='), [])
  })

  test('stand decoded at any place for text, and are encoded again where they are changed', () => {
    const chat = formats['openai.chat']
    const url = `data:text/plain;base64,${base64('the falcon')}`
    const content = [{ type: 'document_url', document_url: url }]
    const written = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
    const { texts } = readRequestTexts(chat, JSON.parse(written), written)
    const part = texts.find(({ text }) => text === 'the falcon')!
    assert.equal(
      editTexts(written, texts, [{ path: part.path, text: 'the [BIRD]' }]),
      written.replace(base64('the falcon'), base64('the [BIRD]')),
    )
  })
})

test('base64 keeps its alphabet and padding where its text is changed', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom('base64', 'base64url'), (text, encoding) => {
      const written = Buffer.from(text).toString(encoding as BufferEncoding)
      const read = decodeBase64(written)
      fc.pre(read?.encode !== undefined)
      assert.equal(read!.encode!({ path: '', text }), written)
    }),
  )
})

test('of a text with percent signs only the matches change', () => {
  const piece = fc.oneof(
    fc.constantFrom('%20', '%C3%A9', '%f0%9f%98%80', '%ff', '%', '%zz', '+', '=', 'é'),
    fc.string({ maxLength: 3 }).map((text) => text.replaceAll(/[%+\ud800-\udfff]/g, '')),
  )
  const pieces = fc.array(piece, { maxLength: 6 }).map((all) => all.join(''))
  fc.assert(
    fc.property(pieces, pieces, fc.boolean(), (before, after, plusIsSpace) => {
      const written = `${before}|f%61lcon|${after}`
      const { text, encode } = readPercentText(written, { plusIsSpace })
      const start = text.indexOf('|falcon|') + 1
      assert.ok(start > 0)
      const edit = { path: '', text: '', changes: [{ start, end: start + 6, text: '[X]' }] }
      assert.equal(encode(edit), `${before}|%5BX%5D|${after}`)
    }),
  )
})
