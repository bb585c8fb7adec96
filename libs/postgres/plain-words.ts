import { type Kysely, sql } from 'kysely'

const notAscii = /[^\0-\x7f]/
const separator = 1
const letter = 2
const digit = 3
const hyphen = 4
const dot = 5
const colon = 6

/** What ASCII characters are for plain words; 0: Postgres finds more than words with them, such as addresses and paths. */
const kinds = new Uint8Array(128)
function mark(characters: string, kind: number): void {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind
}
mark('\t\n\v\f\r "\'()[]{},;!?*|`=$^', separator)
mark('abcdefghijklmnopqrstuvwxyz', letter)
mark('0123456789', digit)
mark('-', hyphen)
mark('.', dot)
mark(':', colon)

/** Of an occurrence beyond these, Postgres keeps no place, or this one. */
const mostPlaces = 255
const lastPlace = 16_383
/** Longer texts, and longer words, may be more than a `tsvector` takes. */
const mostCharacters = 256 * 1_024
const mostLetters = 256

/** Has every kind of word, and the letter that is another one in lower case where Turkish is written. */
const sample = `I'd like GPT4, or "The Well-Known QUIZ": 12.5 (of 007) or so. Is it? - Yes!`

/** Whether a database finds the words in plain texts that `plainWords` finds: its locale decides what is a letter, and its lower case. */
export async function findsPlainWords(database: Pick<Kysely<unknown>, 'getExecutor'>): Promise<boolean> {
  const { rows } = await sql<{ isSame: boolean }>`
    select to_tsvector('simple', ${sample}) = ${plainWords(sample)}::tsvector as "isSame"`.execute(database)
  return rows[0]!.isSame
}

/**
 * What `to_tsvector('simple', text)` makes of a text, as a `tsvector` is written, if `findsPlainWords`. Undefined where Postgres has to
 * look for words itself, which takes it several times as long: where anything but ASCII words, numbers and the usual marks between them
 * is in it.
 */
export function plainWords(text: string): string | undefined {
  const { length } = text
  // Of other letters, some are ASCII in lower case.
  if (length > mostCharacters || notAscii.test(text)) return undefined
  const lower = text.toLowerCase()
  kindsOf.write(lower, 0, length, 'latin1')
  for (let at = 0; at < length; at++) kindsOf[at] = kinds[kindsOf[at]!]!
  kindsOf[length] = kindsOf[length + 1] = separator
  const places = new Map<string, Places>()
  let place = 0
  const note = (from: number, to: number) => {
    const lexeme = lower.slice(from, to)
    if (place < lastPlace) place++
    const known = places.get(lexeme)
    if (known === undefined) places.set(lexeme, { written: `${place}`, count: 1, last: place })
    else if (known.count < mostPlaces && known.last !== lastPlace) {
      known.written += `,${place}`
      known.count++
      known.last = place
    }
  }
  for (let at = 0; at < length; ) {
    const kind = kindsOf[at]!
    if (kind === separator) {
      at++
      continue
    }
    const start = at
    if (kind === letter) {
      at = endOf(letter, at)
      if (kindsOf[at] === hyphen && kindsOf[at + 1] === letter) at = noteCompound(start, at, note)
      else {
        at = endOf(digit, at)
        note(start, at)
      }
    } else if (kind === digit) {
      at = endOf(digit, at)
      if (kindsOf[at] === dot && kindsOf[at + 1] === digit) at = endOf(digit, at + 1)
      note(start, at)
    } else if (kind === hyphen) at = endOf(hyphen, at)
    if (at - start > mostLetters) return undefined
    // What ends a sentence, or comes before a list; more of them may be the beginning of a path.
    if (kindsOf[at] === dot) at++
    if (kindsOf[at] === colon) at++
    if (kindsOf[at] !== separator) return undefined
  }
  let vector = ''
  for (const [lexeme, { written }] of places) vector += `'${lexeme}':${written} `
  return vector
}

/** Where an occurrence of a word stands, as it is written; how many they are, and the last. */
type Places = { written: string; count: number; last: number }

/** The kinds of the characters of a text, and two separators behind it. */
const kindsOf = Buffer.alloc(mostCharacters + 2)

function endOf(kind: number, from: number): number {
  let at = from
  while (kindsOf[at] === kind) at++
  return at
}

/** The whole, then its parts. @returns its end. */
function noteCompound(start: number, from: number, note: (from: number, to: number) => void): number {
  const ends = [from]
  let end = from
  while (kindsOf[end] === hyphen && kindsOf[end + 1] === letter) {
    end = endOf(letter, end + 1)
    ends.push(end)
  }
  note(start, end)
  let part = start
  for (const to of ends) {
    note(part, to)
    part = to + 1
  }
  return end
}
