import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  findsPlainWords,
  indexedWords,
  openDatabase,
  plainWords,
  searchedWords,
  wordQuery,
} from '@airs-cp/postgres'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { startPostgres, type TestPostgres } from '../support/start-postgres.ts'

const written = [
  '顧客の機密情報は社外に送らないでください',
  '请不要把客户的信用卡号码发送到外部',
  'カードノバンゴウラーメン',
  'กรุณาอย่าส่งข้อมูลลับของลูกค้า',
  'សូមកុំផ្ញើទិន្នន័យសម្ងាត់',
]
const spaced = ['invoice', 'state-of-the-art', 'foo@bar.example', 'हिन्दी', '기밀 정보', 'GPT-4o', '12.5']

describe('what was said is found', () => {
  let postgres: TestPostgres
  let database: Kysely<unknown>
  before(async () => {
    postgres = await startPostgres()
    database = openDatabase<unknown>({ url: postgres.url, name: 'words', max: 2 })
  })
  after(async () => {
    await database.destroy()
    await postgres[Symbol.asyncDispose]()
  })

  async function finds(text: string, query: string): Promise<boolean> {
    const { rows } = await sql<{ isFound: boolean }>`
      select to_tsvector('simple', ${indexedWords(text)})
        @@ ${wordQuery(query)} as "isFound"`.execute(database)
    return rows[0]!.isFound
  }

  const letters = (text: string) => [
    ...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
  ]
  /** Some of a text without spaces: two letters or more that stand together. */
  const part = fc.tuple(fc.constantFrom(...written), fc.nat(), fc.nat()).map(([text, from, length]) => {
    const all = letters(text)
    const first = from % (all.length - 1)
    const some = all.slice(first, first + 2 + (length % (all.length - first - 1)))
    return { text, some: some.map(({ segment }) => segment).join('') }
  })
  const around = fc.constantFrom(...spaced, '')

  test('by any letters that stand together, where a script has no spaces', async () => {
    await fc.assert(
      fc.asyncProperty(part, around, around, async ({ text, some }, head, tail) => {
        const said = `${head}${text} ${tail}`
        assert.equal(await finds(said, some), true, `${some} in ${said}`)
        assert.equal(await finds(said, `"${some}"`), true, `"${some}" in ${said}`)
        assert.equal(await finds(said, `-${some}`), false, `-${some} in ${said}`)
        assert.equal(await finds(said, `nowhere or ${some}`), true)
        assert.equal(await finds(said, `${some} nowhere`), false)
      }),
      { numRuns: 200 },
    )
  })

  test('and letters that stand apart are not found', async () => {
    assert.equal(await finds('機密の情報', '機密情報'), false)
    assert.equal(await finds('機密の情報', '-機密情報'), true)
    assert.equal(await finds('機密の情報', '"機密 情報"'), false)
    assert.equal(await finds('機密の情報', '機密 情報'), true)
  })

  const piece = fc.oneof(
    fc.constantFrom(...`abEI09 \n\t\v"'()[]{},;!?*|\`=$^.:-/@_&<>+%~#\\é—`),
    fc.constantFrom(
      'Word',
      'GPT4',
      '1e5',
      '12.5',
      'a-b',
      'http',
      'www',
      'e5',
      '. ',
      ': ',
      '-a',
      '\u212a',
      '\ufeff',
      ' ',
    ),
  )
  const text = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(''))

  test('by the words that Postgres itself finds, where it is not asked', async () => {
    assert.equal(await findsPlainWords(database), true)
    let plain = 0
    const check = async (texts: string[]) => {
      const vectors = texts.map((one) => plainWords(one) ?? null)
      plain += vectors.filter((vector) => vector !== null).length
      const { rows } = await sql<{ text: string }>`
        select text from unnest(${texts}::text[], ${vectors}::text[]) as t (text, vector)
        where vector::tsvector <> to_tsvector('simple', text)`.execute(database)
      assert.deepEqual(rows, [])
    }
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 200, maxLength: 200 }), check), {
      numRuns: 50,
    })
    assert.ok(plain > 500, `${plain} of the texts were plain`)
    const many = Array.from({ length: 20_000 }, (_, at) => `word${at}`).join(' ')
    await check([many, `${many} word7 last`, 'the cat '.repeat(300), 'state-of-the-art '.repeat(5_000)])
  })

  test('by what has spaces as before', async () => {
    for (const text of [...spaced, 'refund "last invoice" -test', '-x or y', '"', '- "a'])
      assert.deepEqual([indexedWords(text), searchedWords(text)], [text, text])
    assert.equal(indexedWords('пʼять日'), 'пʼять 日 ')
  })
})
