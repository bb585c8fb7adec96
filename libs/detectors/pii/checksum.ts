/** ISO/IEC 7812 over a string of digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  let double = false
  for (let index = digits.length - 1; index >= 0; index--) {
    const digit = digits.charCodeAt(index) - 48
    const value = double ? digit * 2 : digit
    sum += value > 9 ? value - 9 : value
    double = !double
  }
  return sum % 10 === 0
}

/**
 * ISO 7064 MOD 97-10 as IBANs use it, character by character: a digit, or a letter in either case. Of all but the first four,
 * then these, 1 must be left by 97.
 */
export function addToMod97(rest: number, code: number): number {
  const next = code <= 57 ? rest * 10 + code - 48 : rest * 100 + (code & 31) + 9
  return next > 9_999_999 ? next % 97 : next
}

/** Weighted sum of the leading digits; weights beyond the digits are ignored. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < weights.length && index < digits.length; index++)
    sum += (digits.charCodeAt(index) - 48) * weights[index]!
  return sum
}

const dihedral = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
const permutations = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
for (let row = 1; row < 8; row++)
  permutations.push(permutations[row - 1]!.map((digit) => [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][digit]!))

/** Verhoeff's scheme over a string of digits whose last is the check digit. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    check = dihedral[check]![permutations[index % 8]![digit]!]!
  }
  return check === 0
}
