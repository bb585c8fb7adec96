import fc from 'fast-check'

const pick = (text: string, index: number) => text[index % text.length]!

const base64 = (text: string) => Buffer.from(text).toString('base64')

const hex = (one: string) => one.charCodeAt(0).toString(16).padStart(2, '0')
const unicode = (one: string) => `u00${hex(one)}`

const escapeOf = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`

const tagOf = (character: string) => String.fromCodePoint(0xe0000 + character.charCodeAt(0))

/** One of each kind that Unicode calls default-ignorable. */
const invisible = [
  ...[
    '\u00ad',
    '\u034f',
    '\u061c',
    '\u115f',
    '\u17b4',
    '\u180e',
    '\u200d',
    '\u202e',
    '\u2063',
    '\u206a',
    '\u3164',
  ],
  ...[
    '\ufe0f',
    '\ufeff',
    '\uffa0',
    '\ufff3',
    '\u{1bca0}',
    '\u{1d173}',
    '\u{e0001}',
    '\u{e007f}',
    '\u{e0101}',
    '\u{e0fff}',
  ],
]

/** Ways to write a value in other characters that readers and models take for the same. */
export const disguises: Readonly<Record<string, (value: string) => string>> = {
  'zero-width spaces': (value) => [...value].join('\u200b'),
  'invisible characters of every kind': (value) =>
    [...value]
      .map((character, index) => (index === 0 ? '' : invisible[index % invisible.length]!) + character)
      .join(''),
  'tag characters': (value) => [...value].map(tagOf).join(''),
  'tag characters here and there': (value) =>
    [...value].map((character, index) => (index % 3 === 1 ? tagOf(character) : character)).join(''),
  'soft hyphens': (value) => [...value].join('\u00ad'),
  'no-break spaces': (value) => value.replaceAll(' ', '\u00a0'),
  'narrow no-break spaces': (value) => value.replaceAll(' ', '\u202f'),
  'full-width characters': (value) =>
    value.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  'full-width digits': (value) =>
    value.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  'superscript digits': (value) => value.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!),
  'subscript digits': (value) => value.replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]!),
  'superscript digits in JSON escapes': (value) =>
    value.replace(/\d/g, (digit) => escapeOf('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)),
  'superscript digits in HTML numbers': (value) =>
    value.replace(/\d/g, (digit) => `&#${'⁰¹²³⁴⁵⁶⁷⁸⁹'.charCodeAt(Number(digit))};`),
  'superscript digits in URL escapes': (value) =>
    value.replace(/\d/g, (digit) => encodeURIComponent('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)),
  'full-width characters in JSON escapes': (value) =>
    value.replace(/[!-~]/g, (one) => escapeOf(String.fromCharCode(one.charCodeAt(0) + 0xfee0))),
  'the pluses of a form': (value) => encodeURIComponent(value).replaceAll('%20', '+'),
  'mathematical letters': (value) =>
    value.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) - 97 + 0x1d5ba)),
  'other dashes': (value) =>
    value.replace(/-/g, (_, index: number) => pick('\u2010\u2011\u2012\u2013\u2212', index)),
  'Cyrillic look-alikes': (value) =>
    value.replace(/[aeopcxAEOPCTX]/g, (letter) => 'аеорсхАЕОРСТХ'['aeopcxAEOPCTX'.indexOf(letter)]!),
  'JSON escapes': (value) =>
    value.replace(/[^ ]/gu, (character) =>
      [...Array(character.length).keys()]
        .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
        .join(''),
    ),
  'HTML numbers': (value) => [...value].map((character) => `&#${character.codePointAt(0)};`).join(''),
  'HTML names': (value) =>
    value.replaceAll('@', '&commat;').replaceAll('.', '&period;').replaceAll('-', '&#x2d;'),
  'URL escapes': (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'escapes in strings of JSON in strings': (value) => value.replace(/./g, (one) => `\\\\${unicode(one)}`),
  'escapes three strings deep': (value) => value.replace(/./g, (one) => `\\\\\\\\${unicode(one)}`),
  'URL escapes of URL escapes': (value) => value.replace(/./g, (one) => `%2525${hex(one)}`),
  'HTML escapes of HTML escapes': (value) => value.replace(/./g, (one) => `&amp;#${one.charCodeAt(0)};`),
  base64: (value) => base64(value),
  'base64 of base64': (value) => base64(base64(value)),
  'base64 of base64 of base64': (value) => base64(base64(base64(value))),
  'base64 of escapes': (value) =>
    base64([...value].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
}

export const disguise = fc.constantFrom(...Object.values(disguises))
