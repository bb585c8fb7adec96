const jsonNumber = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
/** No number that is looked for has more. */
const mostDigits = 64

/** The digits of a whole number, however JSON writes it (`4.1e3`, `4100.0`), without its sign; undefined of any other. */
export function wholeDigits(written: string): string | undefined {
  const [, whole, fraction = '', exponent = '0'] = jsonNumber.exec(written) ?? []
  if (whole === undefined) return undefined
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
  const behind = Number(exponent) - fraction.length
  if (behind < 0 && !/^0*$/.test(digits.slice(behind))) return undefined
  const all = behind < 0 ? digits.slice(0, behind) || '0' : digits + '0'.repeat(Math.min(behind, mostDigits))
  return all.length > mostDigits ? undefined : all
}
