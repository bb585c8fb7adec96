import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '@airs-cp/providers'
import { editRequestLine, maskedPath, requestLineTexts } from './request-line.ts'

const chat = formats['openai.chat']
const route = { path: '/v1/chat/completions', deployment: undefined }
const textsOf = (query: string, headers = {}, path = route.path, format = chat) =>
  requestLineTexts({ query, route: { ...route, path } }, headers, format)

test('parameters are read as servers read them, and only the match in them changes', () => {
  const query = '?q=ann%40example.com&b=%ff%66alcon&key=falcon'
  const texts = textsOf(query)
  assert.deepEqual(
    texts.map(({ text }) => text),
    ['q=ann@example.com', 'b=\ufffdfalcon', 'key=falcon'],
  )
  const changes = [{ start: 2, end: 17, text: '[EMAIL_1]' }]
  const edits = [{ path: 'query:0', text: 'q=[EMAIL_1]', changes }]
  assert.equal(editRequestLine(query, {}, texts, edits).query, '?q=%5BEMAIL_1%5D&b=%ff%66alcon&key=falcon')
})

test("a client's key for Gemini is its credential there, and nowhere else", () => {
  assert.deepEqual(textsOf('?key=AIza', {}, '/v1beta/x', formats['gemini.generate-content']).slice(3), [])
})

test('headers are read in UTF-8, and so are names that no client sends by itself', () => {
  const latin1 = (text: string) => Buffer.from(text).toString('latin1')
  const headers = {
    'x-note': latin1('Zoë falcon'),
    'x-falcon': '1',
    authorization: 'Bearer k',
    accept: '*/*',
  }
  const texts = textsOf('', headers)
  assert.deepEqual(
    texts.map(({ path, text }) => [path, text]),
    [
      ['header:x-note', 'Zoë falcon'],
      ['header:x-falcon', '1'],
      ['header:accept', '*/*'],
      ['header-names', 'x-note,x-falcon,'],
    ],
  )
  const edited = editRequestLine('', headers, texts, [{ path: 'header:x-note', text: 'Zoë [BIRD]' }])
  assert.equal(edited.headers['x-note'], latin1('Zoë [BIRD]'))
  assert.equal(texts.at(-1)!.fixed, 'encoded')
})

test('of a user agent only the match changes', () => {
  const headers = { 'user-agent': 'app/1.2.3 falcon sdk/4.5.6' }
  const texts = textsOf('', headers)
  const changes = [{ start: 10, end: 16, text: '[BIRD]' }]
  const edits = [{ path: 'header:user-agent', text: 'app/1_2_3 [BIRD] sdk/4_5_6', changes }]
  assert.equal(editRequestLine('', headers, texts, edits).headers['user-agent'], 'app/1.2.3 [BIRD] sdk/4.5.6')
  const [greek] = textsOf('', { 'user-agent': Buffer.from('app/1.2.3 γεράκι').toString('latin1') })
  assert.equal(greek!.text, 'app/1_2_3 γεράκι')
})

test('a path that no format has as it is, is read, and what was found in it is not recorded', () => {
  const texts = textsOf('', {}, '/v1/files/f%61lcon', formats['openai.files'])
  const found = texts.find(({ text }) => text === 'falcon')!
  assert.equal(found.fixed, 'encoded')
  assert.equal(maskedPath('/v1/files/f%61lcon', texts, [found]), '/v1/files/[masked]')
  assert.equal(maskedPath('/v1/files/f%61lcon', texts, []), '/v1/files/f%61lcon')
  assert.deepEqual(textsOf(''), [])
})

test('what a Content-Type says is judged and not changed, since a form is taken apart by its boundary', () => {
  const [type] = textsOf('', { 'content-type': 'multipart/form-data; boundary=4111111111111111' })
  assert.deepEqual([type?.path, type?.fixed], ['header:content-type', 'encoded'])
})
