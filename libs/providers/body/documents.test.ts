import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formats } from '../formats.ts'
import { editDocuments, readDocuments, readDocumentTexts, UnreadableBodyError } from './documents.ts'
import { MalformedFormError, readForm } from './multipart.ts'

const type = 'multipart/form-data; boundary=b0'
const generic = formats['generic.openai']

type Field = { name: string; filename?: string; mediaType?: string; content: string | Buffer }

function form(fields: readonly Field[], boundary = 'b0'): Buffer {
  const parts = fields.map(({ name, filename, mediaType, content }) =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${mediaType === undefined ? '' : `Content-Type: ${mediaType}\r\n`}\r\n`,
      ),
      Buffer.from(content as string),
      Buffer.from('\r\n'),
    ]),
  )
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
}

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

describe('a form', () => {
  test('has all that the headers of a part say judged, and none of it changed', () => {
    const value = '4111111111111111'
    for (const head of [
      `Content-Disposition: form-data; name="${value}"`,
      `Content-Disposition: form-data; name="a"; filename="${value}.txt"`,
      `Content-Disposition: form-data; name="a"\r\nContent-Type: text/${value}`,
      `Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=${value}`,
      `Content-Disposition: form-data; name="a"\r\nX-${value}: b`,
      `Content-Disposition: form-data; name="a"\r\nX-Note: ${value}`,
    ]) {
      const body = Buffer.from(`--b0\r\n${head}\r\n\r\nwords\r\n--b0--\r\n`)
      const { texts } = readDocumentTexts(readDocuments(body, type), generic, 'request')
      const found = texts.filter(({ text }) => text.includes(value))
      assert.ok(found.length > 0 && found.every(({ fixed }) => fixed === 'encoded'), head)
    }
  })

  test('is taken apart as clients put it together', async () => {
    const data = new FormData()
    data.set('prompt', 'A café\r\n--b0')
    data.set('image', new File([png], 'a "b".png', { type: 'image/png' }))
    const request = new Request('http://x', { method: 'POST', body: data })
    const body = Buffer.from(await request.arrayBuffer())
    const parts = readForm(body, request.headers.get('content-type')!)
    assert.deepEqual(
      parts.map(({ name, filename, mediaType, from, to }) => [
        name,
        filename,
        mediaType,
        body.subarray(from, to).toString('hex'),
      ]),
      [
        ['prompt', undefined, undefined, Buffer.from('A café\r\n--b0').toString('hex')],
        ['image', 'a %22b%22.png', 'image/png', png.toString('hex')],
      ],
    )
  })

  test('has any fields, in any order, with any content', () => {
    const content = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '\r\n', '\r\n--b', '--b0-', '\r\n\r\n'),
    )
    const field = fc.record({ name: fc.constantFrom('a', 'file[]', 'prompt'), content })
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
        fc.pre(fields.every((one) => !`\r\n${one.content}\r\n`.includes('\r\n--b0')))
        const body = form(fields)
        const read = readForm(body, type).map(({ name, from, to }) => ({
          name,
          content: body.toString('utf8', from, to),
        }))
        assert.deepEqual(
          read,
          fields.map(({ name, content }) => ({ name, content: Buffer.from(content).toString('utf8') })),
        )
      }),
    )
  })

  for (const [what, body, contentType] of [
    ['without a boundary', form([{ name: 'a', content: 'x' }]), 'multipart/form-data'],
    ['with two boundaries', form([{ name: 'a', content: 'x' }]), `${type}; boundary=b1`],
    ['of another subtype', form([{ name: 'a', content: 'x' }]), 'multipart/mixed; boundary=b0'],
    ['that does not end', form([{ name: 'a', content: 'x' }]).subarray(0, -6), type],
    [
      'with text before it',
      Buffer.concat([Buffer.from('hidden\r\n'), form([{ name: 'a', content: 'x' }])]),
      type,
    ],
    [
      'with text behind it',
      Buffer.concat([form([{ name: 'a', content: 'x' }]), Buffer.from('hidden')]),
      type,
    ],
    [
      'with line ends without CR',
      Buffer.from(
        form([{ name: 'a', content: 'x' }])
          .toString()
          .replaceAll('\r\n', '\n'),
      ),
      type,
    ],
    ['with a name twice', Buffer.from(form([{ name: 'a"; name="b', content: 'x' }])), type],
    ['with a name in two ways', form([{ name: `a"; name*="UTF-8''model`, content: 'x' }]), type],
    ['with a name in pieces', form([{ name: `a"; name*0="mod`, content: 'x' }]), type],
    [
      'with a header twice',
      form([{ name: 'a', mediaType: 'text/plain\r\nContent-Type: image/png', content: 'x' }]),
      type,
    ],
    [
      'with an encoded part',
      form([{ name: 'a', mediaType: 'text/plain\r\nContent-Transfer-Encoding: base64', content: 'eA==' }]),
      type,
    ],
    ['of something else', Buffer.from('{"a":1}'), type],
  ] as const)
    test(`is refused ${what}`, () => {
      assert.throws(() => readDocuments(body, contentType), MalformedFormError)
    })
})

describe('documents', () => {
  const textsOf = (body: Buffer, contentType?: string) =>
    readDocumentTexts(readDocuments(body, contentType), generic, 'request')

  test('of a batch file are judged line by line, by the format of each line', () => {
    const line = (content: string) =>
      JSON.stringify({
        custom_id: 'c',
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'm', messages: [{ role: 'user', content }] },
      })
    const body = form([
      { name: 'purpose', content: 'batch' },
      {
        name: 'file',
        filename: 'b.jsonl',
        mediaType: 'application/octet-stream',
        content: `${line('one')}\n\n${line('two')}\n`,
      },
    ])
    const { texts } = textsOf(body, type)
    const found = texts
      .filter(({ kind }) => kind === 'text')
      .map(({ path, text, role }) => [path, text, role])
    assert.deepEqual(found, [
      ['form:1:file/line:1/body/messages/0/content', 'one', 'user'],
      ['form:1:file/line:3/body/messages/0/content', 'two', 'user'],
    ])
    const edited = editDocuments(body, readDocuments(body, type), texts, [
      { path: 'form:1:file/line:3/body/messages/0/content', text: 'TWO' },
      { path: 'form:0:purpose', text: 'p' },
    ])
    assert.equal(
      edited.toString(),
      body.toString().replace('"two"', '"TWO"').replace('\r\nbatch\r\n', '\r\np\r\n'),
    )
  })

  test('with one bad line are refused with its number', () => {
    const body = form([{ name: 'file', filename: 'b.jsonl', content: '{"a":1}\n{"a":\n{"a":3}' }])
    assert.throws(
      () => readDocuments(body, type),
      (error: Error) => {
        assert.ok(error instanceof UnreadableBodyError)
        assert.match(error.message, /^Line 2 of the file is not valid JSON/)
        return true
      },
    )
  })

  test('that only begin like JSON are texts', () => {
    const { texts } = textsOf(form([{ name: 'file', filename: 'notes.md', content: '[link](x)\n{a}' }]), type)
    assert.deepEqual(texts.at(-1), {
      path: 'form:0:file',
      text: '[link](x)\n{a}',
      role: 'unknown',
      kind: 'document',
    })
  })

  test('that are binary are named, by what their label says', () => {
    const { unscanned, texts } = textsOf(
      form([
        { name: 'image', filename: 'a.png', mediaType: 'image/png', content: png },
        { name: 'file', filename: 'a.bin', content: Buffer.from([0, 255, 1]) },
      ]),
      type,
    )
    assert.deepEqual(
      unscanned.map(({ path, kind }) => [path, kind]),
      [
        ['form:0:image', 'image'],
        ['form:1:file', 'file'],
      ],
    )
    assert.deepEqual(
      texts.map(({ text }) => text),
      ['image a.png image/png', 'file a.bin'],
    )
  })

  test('with a wrong byte are read all the same', () => {
    for (const bytes of [
      Buffer.concat([Buffer.from('the secret '), Buffer.from([0xff])]),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('the secret ', 'utf16le')]),
    ]) {
      const { texts } = textsOf(
        form([{ name: 'file', filename: 'a.png', mediaType: 'image/png', content: bytes }]),
        type,
      )
      assert.match(texts.at(-1)!.text, /^the secret /)
      assert.equal(texts.at(-1)!.fixed, 'encoded')
    }
  })

  test('are read as their label says, and as readers do who do not obey it', () => {
    for (const charset of ['utf-16', 'utf-16be', 'utf-7']) {
      const mediaType = `text/plain; charset=${charset}`
      const read = textsOf(
        form([{ name: 'file', filename: 'a.txt', mediaType, content: 'the falcon ' }]),
        type,
      )
      const found = read.texts.find(({ text }) => text.includes('the falcon '))
      assert.equal(found?.fixed, 'encoded', charset)
      assert.equal(read.unscanned.length, charset.startsWith('utf-16') ? 0 : 1, charset)
    }
    const mediaType = 'text/plain; charset=iso-8859-1'
    const content = 'the caf\u00e9'
    const [, both] = textsOf(form([{ name: 'file', filename: 'a.txt', mediaType, content }]), type).texts
    assert.equal(both?.text, 'the caf\u00c3\u00a9\nthe caf\u00e9')
  })

  test('in which anything is planted anywhere are read, or named as not read', () => {
    const planted = 'falcon@nest.example'
    const content = fc.oneof(
      fc.string(),
      fc.constantFrom(
        planted,
        `x ${planted}`,
        JSON.stringify({ a: [planted] }),
        `{"a":1}\n{"b":"${planted}"}`,
        `[${planted}`,
      ),
    )
    const fields = fc.array(
      fc.record({
        name: fc.constantFrom('a', planted, 'file'),
        filename: fc.constantFrom('a.txt', 'a.json', 'a.jsonl', planted, 'x.bin'),
        mediaType: fc.constantFrom(
          'text/plain',
          'application/json',
          'image/png',
          `text/x; charset="${planted}"`,
        ),
        content,
      }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(fields, (fields) => {
        const body = form(fields)
        let read: ReturnType<typeof textsOf>
        try {
          read = textsOf(body, type)
        } catch (error) {
          assert.ok(error instanceof UnreadableBodyError || error instanceof MalformedFormError)
          return
        }
        const count = (text: string) => text.split(planted).length - 1
        const found = read.texts.reduce(
          (sum, { text, also }) => sum + count(text) * (1 + (also?.length ?? 0)),
          0,
        )
        assert.equal(read.unscanned.length, 0)
        assert.equal(found, count(body.toString()))
      }),
    )
  })
})

test('names of files that are encoded are read as they mean', () => {
  const heads = [
    `filename*=UTF-8''%66alcon.txt`,
    `filename="=?utf-8?B?${Buffer.from('the falcon').toString('base64')}?="`,
    'filename="=?iso-8859-1?q?the_=66alcon?="',
    'filename="%66alcon.txt"',
  ]
  for (const head of heads) {
    const body = Buffer.from(
      `--b0\r\nContent-Disposition: form-data; name="file"; ${head}\r\n\r\nx\r\n--b0--\r\n`,
    )
    const { texts } = readDocumentTexts(readDocuments(body, type), formats['openai.files'], 'request')
    assert.ok(
      texts.some(({ text }) => text.includes('falcon')),
      head,
    )
  }
})

test('a text in UTF-16 is read without a mark, and other bytes with zeros are no text', () => {
  const read = (content: Buffer) =>
    readDocumentTexts(
      readDocuments(form([{ name: 'file', filename: 'a.txt', content }]), type),
      generic,
      'request',
    )
  const little = Buffer.from('der Fälcon', 'utf16le')
  for (const content of [little, Buffer.from(little).swap16()]) {
    const text = read(content).texts.find((one) => one.text === 'der Fälcon')
    assert.equal(text?.fixed, 'encoded')
  }
  assert.equal(read(Buffer.from('falcon\0\0', 'utf8')).unscanned.length, 1)
})

test('what a line of a batch refers to is named as in the request that it is', () => {
  const body = { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] }
  const line = JSON.stringify({ custom_id: '1', method: 'POST', url: '/v1/responses', body })
  const { unscanned } = readDocumentTexts(
    readDocuments(Buffer.from(`${line}\n`), 'application/jsonl'),
    formats['openai.files'],
    'request',
  )
  assert.deepEqual(
    unscanned.map(({ path, kind }) => `${path} ${kind}`),
    ['line:1/body/input/0/id stored-item'],
  )
})
