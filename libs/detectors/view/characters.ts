/**
 * What characters a view shows in place of those of the text: plain ASCII for its many look-alikes, nothing for what no
 * reader sees. After Unicode's NFKC and its list of confusable characters (UTS 39), cut to what text in use is disguised with.
 */

/** The character is not shown. */
export const hidden = 0xffff

/** By UTF-16 code unit: what is shown instead, `hidden`, or 0 where the unit is shown as it is. */
export const shownAs = new Uint16Array(1 << 16)

/** Letters of other scripts that look like ASCII ones: what they look like. They are folded only within ASCII words. */
export const lookalikes = new Uint16Array(1 << 16)

/** Code units that look like several characters. */
export const shownAsSeveral = new Map<number, string>()

const foreign = new Uint8Array(1 << 16)

/** Whether a code unit is a letter of a script that has look-alikes of ASCII letters. */
export function isForeignLetter(code: number): boolean {
  return foreign[code] === 1
}

function show(code: number, as: string): void {
  if (as.length === 1) shownAs[code] = as.charCodeAt(0)
  else shownAsSeveral.set(code, as)
}

function eachOf(ranges: string, visit: (code: number) => void): void {
  for (const range of ranges.split(' ')) {
    const [first = 0, last = first] = range.split('-').map((hex) => Number.parseInt(hex, 16))
    for (let code = first; code <= last; code++) visit(code)
  }
}

const isAscii = (text: string) => /^[ -~]+$/.test(text)

/** Full width, circled, small, modifier and letter-like forms; ligatures. */
eachOf(
  'aa ba 17f 1c4-1cc 1f1-1f3 2b0-2b8 2e1-2e3 1d2c-1d6a 2090-209c 2100-218b 24b6-24e9 2c7c-2c7d fb00-fb06 fe50-fe6b ff01-ff5e',
  (code) => {
    const plain = String.fromCharCode(code).normalize('NFKC')
    if (isAscii(plain)) show(code, plain)
  },
)
eachOf('a0 1680 2000-200a 202f 205f 2800 3000', (code) => show(code, ' '))
eachOf('2028 2029 85', (code) => show(code, '\n'))
eachOf('2010-2015 2043 2212 fe58 fe63 ff0d 2e3a 2e3b', (code) => show(code, '-'))
eachOf('2018-201b 2032 2bc ff07', (code) => show(code, "'"))
eachOf('201c-201f 2033 ff02', (code) => show(code, '"'))
eachOf('2044 2215 29f8', (code) => show(code, '/'))
eachOf('2236 a789 fe55', (code) => show(code, ':'))
eachOf('2024 fe52', (code) => show(code, '.'))
/** First digits of the decimal systems of the Basic Multilingual Plane. */
eachOf(
  '660 6f0 7c0 966 9e6 a66 ae6 b66 be6 c66 ce6 d66 e50 ed0 f20 1040 17e0 1810 1946 19d0 1a80 1b50 1bb0 a620 a8d0 a900 aa50 abf0 ff10',
  (zero) => {
    for (let digit = 0; digit < 10; digit++) show(zero + digit, String(digit))
  },
)
/**
 * By code of a superscript or subscript digit, the digit. Beside a word it is a power or the mark of a note (`m²`) and stays;
 * numbers are written with it where it begins them or something of them follows.
 */
export const scriptDigits = new Uint16Array(1 << 16)
for (const [index, code] of [0x2070, 0xb9, 0xb2, 0xb3].entries()) scriptDigits[code] = 48 + index
for (let digit = 4; digit < 10; digit++) scriptDigits[0x2070 + digit] = 48 + digit
for (let digit = 0; digit < 10; digit++) scriptDigits[0x2080 + digit] = 48 + digit

/** Soft hyphens, joiners, marks of direction, fillers, selectors of variants, strokes through letters. */
eachOf(
  'ad 34f 334-338 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 20d0-20f0 3164 fe00-fe0f feff ffa0 fff0-fffb',
  (code) => {
    shownAs[code] = hidden
  },
)

/** ASCII letter, then those that look like it. */
const alike =
  'aаαɑ Aаᴀ bЬƅ cсϲ dԁ eеҽ gɡց hһհ iіɩӏι jјϳ kкκ lӏⅼ mм nոп oоοօσ pрρ qԛզ rг sѕꜱ tтτ uսυц vѵν wԝшω xхχ yуүγ zᴢ AАΑ BВΒ CСϹ DᎠ EЕΕ GԌ HНΗ IІΙӀ JЈ KКΚ LᏞ MМΜ NΝ OОΟ PРΡ QԚ SЅ TТΤ UՍ VѴ WԜ XХΧ YУҮΥ ZΖ'
for (const group of alike.split(' '))
  for (const letter of group.slice(1)) {
    const code = letter.charCodeAt(0)
    if (lookalikes[code] === 0) lookalikes[code] = group.charCodeAt(0)
  }
/** Small capitals look like letters wherever they stand. */
for (const [index, letter] of [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ'].entries())
  show(letter.charCodeAt(0), 'abcdefghijklmnoprstuvwyz'[index]!)

eachOf('370-3ff 400-52f 531-58f 13a0-13ff 1c80-1c8f 1f00-1fff 2de0-2dff a640-a69f', (code) => {
  if (shownAs[code] === 0) foreign[code] = 1
})
/** Latin letters that are alike stand in no other script's words. */
for (const code of [0x251, 0x261, 0x269, 0x185]) foreign[code] = 1

/** What is shown for a character outside of the Basic Multilingual Plane: a code unit, `hidden`, or 0 for itself. */
export function shownForAstral(codePoint: number): number {
  const isHidden =
    (codePoint >= 0xe0000 && codePoint <= 0xe0fff) ||
    (codePoint >= 0x1bca0 && codePoint <= 0x1bca3) ||
    (codePoint >= 0x1d173 && codePoint <= 0x1d17a)
  if (isHidden) return hidden
  const isStyled =
    (codePoint >= 0x1d400 && codePoint <= 0x1d7ff) ||
    (codePoint >= 0x1f110 && codePoint <= 0x1f189) ||
    (codePoint >= 0x1fbf0 && codePoint <= 0x1fbf9)
  if (!isStyled) return 0
  const enclosed = enclosedLetter(codePoint)
  if (enclosed !== 0) return enclosed
  const plain = String.fromCodePoint(codePoint).normalize('NFKC')
  if (plain.length !== 1) return 0
  const code = plain.charCodeAt(0)
  return code < 128 ? code : (lookalikes[code] ?? 0)
}

/** Letters in squares and circles, filled or not, which NFKC leaves as they are or puts into brackets. */
function enclosedLetter(codePoint: number): number {
  if (codePoint < 0x1f110 || codePoint > 0x1f189) return 0
  const letter = [0x1f110, 0x1f130, 0x1f150, 0x1f170].find(
    (first) => codePoint >= first && codePoint < first + 26,
  )
  return letter === undefined ? 0 : 65 + codePoint - letter
}
