import {
  type Check,
  dated,
  every,
  iso7064,
  like,
  luhn,
  mod10,
  mod11,
  modulus,
  some,
  to10,
  to11,
  twoDigits,
  twoRounds,
  verhoeff,
  weighted,
} from './check-digits.ts'
import type { PiiType } from './pii-types.ts'

/**
 * Numbers that a state, a bank or an insurer gives to a person, as digits only. They count where one of their words stands
 * before them and their digits fit together.
 */
export type IdentityNumber = {
  type: PiiType
  digits: readonly number[]
  /** Words before the number, in lower case; two with a space follow each other; of scripts without spaces, two characters. */
  words: string
  check: Check
  confidence: number
}

function identity(words: string, digits: number | readonly number[], check: Check): IdentityNumber {
  return {
    type: 'NATIONAL_ID',
    words,
    digits: typeof digits === 'number' ? [digits] : digits,
    check,
    confidence: 0.9,
  }
}
function of(
  type: PiiType,
  words: string,
  digits: number | readonly number[],
  check: Check,
  confidence = 0.9,
): IdentityNumber {
  return { type, words, digits: typeof digits === 'number' ? [digits] : digits, check, confidence }
}

const down = (from: number, count: number) => Array.from({ length: count }, (_, index) => from - index)
const jmbg = every(like(/^\d{4}[09]/), dated(2, 0), weighted([7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], to11()))
const cuit = weighted([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], to11(9))
const baltic = twoRounds([1, 2, 3, 4, 5, 6, 7, 8, 9, 1], [3, 4, 5, 6, 7, 8, 9, 1, 2, 3])
const notRepeated = like(/^(?!(\d)\1+$)/)
/** Words for the numbers of whichever state: only those with a date and check digits, or with two check digits. */
const general =
  'national id|national identity|identity number|identity card|citizen id|personal code|personal number|id card'

export const identityNumbers: readonly IdentityNumber[] = [
  identity('bsn|burgerservicenummer|sofinummer|sofi', 9, weighted(down(9, 8), mod11())),
  identity(
    'rijksregisternummer|rijksregister|insz|niss|national registry|registre national|numéro national|rrn',
    11,
    some(
      modulus(97, 9, (rest) => 97 - rest),
      (digits) => 97 - (Number(`2${digits.slice(0, 9)}`) % 97) === Number(digits.slice(9)),
    ),
  ),
  identity(
    'svnr|sozialversicherungsnummer|versicherungsnummer|sv nummer',
    10,
    (digits) =>
      [3, 7, 9, 0, 5, 8, 4, 2, 1, 6].reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) %
        11 ===
      Number(digits[3]),
  ),
  identity(
    'ahv|avs|ahvn|oasi|ahvnr',
    13,
    every(like(/^756/), weighted([1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3], to10)),
  ),
  identity(`personnummer|pnr|samordningsnummer|${general}`, 10, every(dated(2, 4, [0, 60]), luhn)),
  identity(
    `personnummer|pnr|samordningsnummer|${general}`,
    12,
    (digits) => /^(?:19|20)/.test(digits) && dated(4, 6, [0, 60])(digits) && luhn(digits.slice(2)),
  ),
  identity(
    `fødselsnummer|fodselsnummer|fødselsnr|fodselsnr|personnummer|fnr|dnummer|${general}`,
    11,
    every(
      dated(2, 0, [0, 40]),
      twoDigits([3, 7, 6, 1, 8, 9, 4, 5, 2], [5, 4, 3, 2, 7, 6, 5, 4, 3, 2], to11()),
    ),
  ),
  identity('cpr|cprnr|cprnummer|personnummer', 10, dated(2, 0)),
  identity('kennitala|kt', 10, every(like(/[089]$/), weighted([3, 2, 7, 6, 5, 4, 3, 2], to11()))),
  identity(
    'nif|contribuinte|número fiscal|numero fiscal|nipc',
    9,
    every(like(/^[1-35689]/), (digits) => {
      const rest = down(9, 8).reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11
      return (rest < 2 ? 0 : 11 - rest) === Number(digits[8])
    }),
  ),
  identity(
    'rodné číslo|rodne cislo|rodné|rodne|rč|birth number',
    [9, 10],
    (digits) =>
      dated(
        2,
        4,
      )(
        digits.replace(
          /^(..)([5-8])/,
          (_, year, month) => `${year}${Number(month) >= 7 ? Number(month) - 7 : Number(month) - 5}`,
        ),
      ) &&
      (digits.length === 9 ||
        Number(digits) % 11 === 0 ||
        (Number(digits.slice(0, 9)) % 11 === 10 && digits[9] === '0')),
  ),
  identity('cuit|cuil', 11, every(like(/^(?:20|23|24|27|30|33|34)/), cuit)),
  identity('dni|documento nacional', [7, 8], like(/^[1-9]/)),
  identity(
    `身份|身分|resident identity|${general}`,
    18,
    every(
      like(/^\d{6}(?:19|20)/),
      dated(10, 12),
      (digits) =>
        '10X98765432'[
          [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce(
            (sum, weight, index) => sum + weight * Number(digits[index]),
            0,
          ) % 11
        ] === digits[17],
    ),
  ),
  identity(
    `주민|rrn|resident registration|${general}`,
    13,
    every(
      dated(2, 4),
      weighted([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], (sum) => (11 - (sum % 11)) % 10),
    ),
  ),
  identity(
    'マイ|個人|my number',
    12,
    weighted([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], (sum) => (sum % 11 <= 1 ? 0 : 11 - (sum % 11))),
  ),
  of(
    'TAX_ID',
    'tfn|tax file',
    9,
    (digits) =>
      [1, 4, 3, 7, 5, 8, 6, 9, 10].reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) %
        11 ===
      0,
  ),
  of(
    'TAX_ID',
    'abn|business number',
    11,
    (digits) =>
      [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19].reduce(
        (sum, weight, index) => sum + weight * (Number(digits[index]) - (index === 0 ? 1 : 0)),
        0,
      ) %
        89 ===
      0,
  ),
  of(
    'HEALTH_INSURANCE',
    'medicare',
    [10, 11],
    every(like(/^[2-6]/), weighted([1, 3, 7, 9, 1, 3, 7, 9], mod10)),
  ),
  identity(
    `sa id|south african|rsa id|id number|${general}`,
    13,
    every(dated(2, 4), like(/^\d{10}[01][89]/), luhn),
  ),
  identity(
    `kimlik|tckn|tc|t c|${general}`,
    11,
    every(like(/^[1-9]/), (digits) => {
      const d = [...digits].map(Number)
      const odd = d[0]! + d[2]! + d[4]! + d[6]! + d[8]!
      const even = d[1]! + d[3]! + d[5]! + d[7]!
      return (((odd * 7 - even) % 10) + 10) % 10 === d[9] && (odd + even + d[9]!) % 10 === d[10]
    }),
  ),
  of('TAX_ID', 'nip', 10, weighted([6, 5, 7, 2, 3, 4, 5, 6, 7], mod11())),
  of('TAX_ID', 'regon', 9, weighted([8, 9, 2, 3, 4, 5, 6, 7], mod11(0))),
  identity(
    `cnp|cod numeric|${general}`,
    13,
    every(like(/^[1-9]/), dated(3, 5), weighted([2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9], mod11(1))),
  ),
  identity('egn|егн', 10, weighted([2, 4, 8, 5, 10, 9, 7, 3, 6], mod11(0))),
  identity('oib|osobni identifikacijski', 11, iso7064),
  identity(`emšo|emso|jmbg|embg|matični broj|maticni broj|јмбг|матични број|${general}`, 13, jmbg),
  identity(`isikukood|asmens kodas|asmens|ik|${general}`, 11, every(like(/^[1-8]/), dated(3, 5), baltic)),
  identity(
    'personas kods|personas kodu|personas',
    11,
    (digits) =>
      /^32/.test(digits) ||
      ((1101 -
        [1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce(
          (sum, weight, index) => sum + weight * Number(digits[index]),
          0,
        )) %
        11) %
        10 ===
        Number(digits[10]),
  ),
  identity('taj|taj szám', 9, weighted([3, 7, 3, 7, 3, 7, 3, 7], mod10)),
  of(
    'TAX_ID',
    'adóazonosító|adoazonosito|adószám',
    10,
    every(like(/^8/), weighted([1, 2, 3, 4, 5, 6, 7, 8, 9], mod11())),
  ),
  identity('személyi szám|szemelyi szam|személyi', 11, weighted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], mod11())),
  identity('amka|αμκα', 11, every(dated(2, 0), luhn)),
  of('TAX_ID', 'afm|αφμ', 9, weighted([256, 128, 64, 32, 16, 8, 4, 2], mod11(0))),
  identity(
    'matricule|luxembourg id|numéro matricule',
    13,
    every(dated(4, 6), (digits) => luhn(digits.slice(0, 12)) && verhoeff(digits.slice(0, 11) + digits[12])),
  ),
  identity('teudat|zehut|תעודת|זהות|israeli id|mispar zehut', [8, 9], (digits) =>
    luhn(digits.padStart(9, '0')),
  ),
  identity('mykad|nric|ic no|ic number|kad pengenalan', 12, dated(2, 4)),
  identity(
    'ะช|ชน|thai id|national id|citizen id|identification number',
    13,
    every(
      like(/^[1-8]/),
      weighted(down(13, 12), (sum) => (11 - (sum % 11)) % 10),
    ),
  ),
  identity('nik|ktp|nomor induk', 16, (digits) => dated(8, 6, [0, 40])(digits)),
  identity('cnic|nicop|nadra|شناختی', 13, like(/^[1-8]/)),
  identity('nic|nic number|sri lanka', 12, like(/^(?:19|20)\d{2}(?:[0-3]|[5-8])/)),
  of(
    'TAX_ID',
    'cnpj',
    14,
    twoDigits([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], (sum) =>
      sum % 11 < 2 ? 0 : 11 - (sum % 11),
    ),
  ),
  of('DRIVER_LICENSE', 'cnh|habilitação|habilitacao', 11, notRepeated),
  identity(
    'pis|pasep|nis|nit',
    11,
    weighted([3, 2, 9, 8, 7, 6, 5, 4, 3, 2], (sum) => (sum % 11 < 2 ? 0 : 11 - (sum % 11))),
  ),
  of('TAX_ID', 'nit', [9, 10], (digits) => {
    const body = digits.slice(0, -1).padStart(15, '0')
    const rest =
      [71, 67, 59, 53, 47, 43, 41, 37, 29, 23, 19, 17, 13, 7, 3].reduce(
        (sum, weight, index) => sum + weight * Number(body[index]),
        0,
      ) % 11
    return (rest < 2 ? rest : 11 - rest) === Number(digits.at(-1))
  }),
  of(
    'TAX_ID',
    'ruc',
    11,
    every(
      like(/^(?:10|15|16|17|20)/),
      weighted([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], (sum) => (11 - (sum % 11)) % 10),
    ),
  ),
  identity('cédula|cedula', 10, every(like(/^(?:0[1-9]|1\d|2[0-4]|30)[0-6]/), luhn)),
  identity('cédula|cedula', 11, luhn),
  identity('cédula|cedula|ci|documento', 8, weighted([2, 9, 8, 7, 6, 3, 4], to10)),
  identity('cédula|cedula|ciudadanía|ciudadania', 10, like(/^1/)),
  of(
    'TAX_ID',
    'utr|unique taxpayer',
    10,
    (digits) =>
      '21987654321'[
        [6, 7, 8, 9, 10, 5, 4, 3, 2].reduce(
          (sum, weight, index) => sum + weight * Number(digits[index + 1]),
          0,
        ) % 11
      ] === digits[0],
  ),
  identity('seguridad social|nuss|naf|afiliación', 12, (digits) => {
    const [province, number, check] = [
      digits.slice(0, 2),
      Number(digits.slice(2, 10)),
      Number(digits.slice(10)),
    ]
    return Number(number < 1e7 ? Number(province) * 1e7 + number : `${province}${number}`) % 97 === check
  }),
  of(
    'TAX_ID',
    'spi|numéro fiscal|numero fiscal|référence fiscale',
    13,
    (digits) => Number(digits.slice(0, 10)) % 511 === Number(digits.slice(10)),
  ),
  of('TAX_ID', 'siren', 9, luhn),
  of('TAX_ID', 'siret', 14, luhn),
  of('TAX_ID', 'partita iva|p iva|piva|iva', 11, luhn),
  of(
    'TAX_ID',
    'инн|inn',
    10,
    weighted([2, 4, 10, 3, 5, 9, 4, 6, 8], (sum) => (sum % 11) % 10),
  ),
  of(
    'TAX_ID',
    'инн|inn',
    12,
    twoDigits([7, 2, 4, 10, 3, 5, 9, 4, 6, 8], [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], (sum) => (sum % 11) % 10),
  ),
  identity('снилс|snils', 11, (digits) => {
    const sum = down(9, 9).reduce((total, weight, index) => total + weight * Number(digits[index]), 0) % 101
    return (sum === 100 ? 0 : sum) === Number(digits.slice(9))
  }),
  of(
    'TAX_ID',
    'рнокпп|іпн|ипн|rnokpp',
    10,
    (digits) =>
      ((([-1, 5, 7, 9, 4, 6, 10, 5, 7].reduce(
        (sum, weight, index) => sum + weight * Number(digits[index]),
        0,
      ) %
        11) +
        11) %
        11) %
        10 ===
      Number(digits[9]),
  ),
  identity(
    `иин|iin|жсн|${general}`,
    12,
    every(dated(2, 4), twoRounds([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])),
  ),
  identity(`emirates id|emirates|هوية|الهوية|${general}`, 15, every(like(/^784(?:19|20)/), luhn)),
  identity('iqama|الهوية|هوية|saudi id|national id', 10, every(like(/^[12]/), luhn)),
  identity('القومي|raqam qawmi|egyptian id|national id', 14, every(like(/^[23]/), dated(3, 5))),
  identity(
    'civil id|المدني',
    12,
    every(
      like(/^[1-3]/),
      dated(3, 5),
      weighted([2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], (sum) => 11 - (sum % 11)),
    ),
  ),
  identity(
    'کد ملی|ملی|kode melli|code melli|melli|national code',
    10,
    every(notRepeated, (digits) => {
      const rest = down(10, 9).reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11
      return (rest < 2 ? rest : 11 - rest) === Number(digits[9])
    }),
  ),
  of('TAX_ID', 'ird|ird number', [8, 9], (digits) => {
    const body = digits.slice(0, -1).padStart(8, '0')
    const check = (weights: number[]) =>
      to11()(weights.reduce((sum, weight, index) => sum + weight * Number(body[index]), 0))
    const first = check([3, 2, 7, 6, 5, 4, 3, 2])
    return (first < 0 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first) === Number(digits.at(-1))
  }),
  identity('idnp', 13, weighted([7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1], mod10)),
  identity('nin|national identification', 11, notRepeated),
  identity('cccd|cmnd|căn cước|can cuoc|chứng minh|chung minh', [9, 12], like(/^(?:0\d{11}|\d{9})$/)),
  of('PASSPORT', 'паспорт|паспорта|паспортные|passport rf', [9, 10], notRepeated, 0.8),
  of('PASSPORT', '护照|護照|パス|여권|paszport|paszportu|pasaport|جواز', [8, 9], notRepeated, 0.8),
  of(
    'DATE_OF_BIRTH',
    'dob|birth|birthdate|birthday|geburtsdatum|生年|出生|생년|생일|الميلاد|जन्म|ngày sinh',
    8,
    like(/^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/),
    0.85,
  ),
  identity('pesel', 11, every(weighted([1, 3, 7, 9, 1, 3, 7, 9, 1, 3], to10))),
  // Banks, insurers, devices
  of(
    'BANK_ROUTING',
    'routing|aba|rtn|routing number|transit',
    9,
    (digits) =>
      /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(digits) &&
      [3, 7, 1, 3, 7, 1, 3, 7, 1].reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) %
        10 ===
        0,
  ),
  of('BANK_ROUTING', 'sort code|sortcode|bsb', 6, notRepeated, 0.8),
  of('BANK_ROUTING', 'blz|bankleitzahl', 8, like(/^[1-8]/), 0.85),
  of(
    'BANK_ACCOUNT',
    'clabe',
    18,
    weighted([3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7], (sum) => to10(sum)),
    0.9,
  ),
  of(
    'BANK_ACCOUNT',
    'account number|acct no|account no|bank account|kontonummer|checking account|savings account|número cuenta',
    [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    notRepeated,
    0.6,
  ),
  of(
    'TAX_ID',
    'ein|fein|employer identification|tax id',
    9,
    like(/^(?:[1-6]\d|7[1-7]|8[0-8]|9[0-58-9]|0[1-6])/),
    0.8,
  ),
  of(
    'TAX_ID',
    'itin|taxpayer|tax id|tax identification',
    9,
    like(/^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/),
    0.9,
  ),
  of(
    'NPI',
    'npi|provider identifier',
    10,
    every(like(/^[12]/), (digits) => luhn(`80840${digits}`)),
  ),
  of(
    'HEALTH_INSURANCE',
    'member id|insurance id|policy number|subscriber id|health card|health insurance|ohip',
    [8, 9, 10, 11, 12],
    notRepeated,
    0.6,
  ),
  of('IMEI', 'imei|imeisv|device id', 15, every(notRepeated, luhn)),
  of(
    'DRIVER_LICENSE',
    'driver license|driving licence|drivers license|driver licence|licence number|license number|dl|führerschein|permis conduire|patente',
    [7, 8, 9, 10, 12, 13],
    notRepeated,
    0.65,
  ),
]
