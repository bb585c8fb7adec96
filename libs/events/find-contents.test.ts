import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bodyBytes, type ContentParts, type RecordedContent } from './body.ts'
import { writeContent } from './content.ts'
import { sha256Hex } from './digest.ts'
import { contentFinder, loadContents, mostDepth } from './find-contents.ts'

const pieceOf = (text: string): RecordedContent => JSON.parse(writeContent(Buffer.from(text)).join(''))
const nested = (text: string, parts: ContentParts): RecordedContent => ({
  sha256: sha256Hex(text),
  bytes: Buffer.byteLength(text),
  parts,
})
const reference = ({ sha256, bytes }: RecordedContent) => ({ sha256, bytes })

describe('pieces that are made of pieces', () => {
  const [one, two] = [pieceOf('grüße '), pieceOf('welt')]
  const both = nested('grüße, welt', [reference(one), reference(two)])
  const whole = nested('grüße welt!', [reference(one), reference(two), '!'])
  const outer = nested('«grüße welt!»', ['«', reference(whole), '»'])
  const stored = new Map([one, two, both, whole, outer].map((content) => [content.sha256, content]))
  const load = async (digests: string[]) =>
    digests.flatMap((sha256) => {
      const content = stored.get(sha256)
      return content ? [[sha256, content] as const] : []
    })

  test('are put together, and the digest of the body proves it', () => {
    const text = 'say «grüße welt!»'
    const body = { mediaType: 'text/plain', ...nested(text, ['say ', reference(outer)]) }
    assert.equal(
      bodyBytes(
        body,
        contentFinder((sha256) => stored.get(sha256)),
      ).toString(),
      text,
    )
  })

  test('are loaded level by level, each level at once', async () => {
    const asked: number[] = []
    const found = await loadContents([outer.sha256, one.sha256], (digests) => {
      asked.push(digests.length)
      return load(digests)
    })
    assert.deepEqual(asked, [2, 1, 1])
    assert.equal(found.get(outer.sha256)!.toString(), '«grüße welt!»')
    assert.deepEqual([...found.keys()].sort(), [outer.sha256, one.sha256].sort())
  })

  test('are left out where one is missing, or the bytes have another digest or length', async () => {
    const lacks = nested('grüße ?', [reference(one), reference(pieceOf('?'))])
    const wrong = nested('other text', [reference(two), 'grüße!'.slice(0, 6)])
    for (const content of [lacks, wrong, both]) stored.set(content.sha256, content)
    const found = await loadContents([lacks.sha256, wrong.sha256, both.sha256], load)
    assert.equal(found.size, 0)
    assert.throws(() => contentFinder((sha256) => stored.get(sha256))(lacks.sha256), /is not there/)
    assert.throws(
      () => contentFinder((sha256) => stored.get(sha256))(both.sha256),
      /parts of \d+ bytes, expected/,
    )
  })

  test('in a circle, nested too deep, or of more bytes than fit into memory are refused with a reason', async () => {
    const circle = { sha256: sha256Hex('a'), bytes: 1, parts: [{ sha256: sha256Hex('a'), bytes: 1 }] }
    assert.throws(() => contentFinder(() => circle)(circle.sha256), new RegExp(`more than ${mostDepth} deep`))
    let times = 0
    await loadContents([circle.sha256], async () => {
      times++
      return [[circle.sha256, circle]]
    })
    assert.equal(times, 1)
    let bytes = 1_000
    const levels = Array.from({ length: 20 }, (_, level) => {
      const parts =
        level === 0
          ? ['x'.repeat(1_000)]
          : [level - 1, level - 1].map((at) => ({ sha256: sha256Hex(String(at)), bytes }))
      if (level > 0) bytes *= 2
      return { sha256: sha256Hex(String(level)), bytes, parts }
    })
    const bomb = new Map<string, RecordedContent>(levels.map((content) => [content.sha256, content]))
    assert.throws(
      () => contentFinder((sha256) => bomb.get(sha256))(levels.at(-1)!.sha256),
      /is made of others and has \d+ bytes/,
    )
  })
})
