import fc from 'fast-check'

const pick = (text: string, index: number) => text[index % text.length]!

/** Ways to write a value in other characters that readers and models take for the same. */
export const disguises: Readonly<Record<string, (value: string) => string>> = {
  'zero-width spaces': (value) => [...value].join('\u200b'),
  'soft hyphens': (value) => [...value].join('\u00ad'),
  'no-break spaces': (value) => value.replaceAll(' ', '\u00a0'),
  'narrow no-break spaces': (value) => value.replaceAll(' ', '\u202f'),
  'full-width characters': (value) =>
    value.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  'full-width digits': (value) =>
    value.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
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
  base64: (value) => Buffer.from(value).toString('base64'),
}

export const disguise = fc.constantFrom(...Object.values(disguises))
