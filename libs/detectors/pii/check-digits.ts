import { passesLuhn, passesVerhoeff, weightedSum } from './checksum.ts'

/** Whether the digits of a number fit together. Each takes the digits alone, in the length that the number has. */
export type Check = (digits: string) => boolean

const digit = (digits: string, index: number) => digits.charCodeAt(index) - 48
const last = (digits: string) => digit(digits, digits.length - 1)

/** The last digit is `to` of the weighted sum of those before it. */
export function weighted(weights: readonly number[], to: (sum: number) => number): Check {
  return (digits) =>
    to(weightedSum(digits.slice(0, weights.length), weights)) === digit(digits, weights.length)
}

/** What is missing to a multiple of 11; 10 is `ten` (there is no such number where it is -1), 11 is 0. */
export const to11 =
  (ten = -1) =>
  (sum: number) => {
    const rest = 11 - (sum % 11)
    return rest === 11 ? 0 : rest === 10 ? ten : rest
  }
/** The remainder by 11; 10 is `ten`. */
export const mod11 =
  (ten = -1) =>
  (sum: number) =>
    sum % 11 === 10 ? ten : sum % 11
export const to10 = (sum: number) => (10 - (sum % 10)) % 10
export const mod10 = (sum: number) => sum % 10

export const every =
  (...checks: Check[]): Check =>
  (digits) =>
    checks.every((check) => check(digits))
export const some =
  (...checks: Check[]): Check =>
  (digits) =>
    checks.some((check) => check(digits))
export const like =
  (pattern: RegExp): Check =>
  (digits) =>
    pattern.test(digits)

/** Month and day stand at these places; days may be shifted by some countries (`D` numbers, coordination numbers). */
export function dated(monthAt: number, dayAt: number, shifts: readonly number[] = [0]): Check {
  return (digits) => {
    const month = Number(digits.slice(monthAt, monthAt + 2))
    const day = Number(digits.slice(dayAt, dayAt + 2))
    return month >= 1 && month <= 12 && shifts.some((shift) => day - shift >= 1 && day - shift <= 31)
  }
}

/** ISO 7064 MOD 11,10. */
export const iso7064: Check = (digits) => {
  let product = 10
  for (let index = 0; index < digits.length - 1; index++) {
    const sum = (digit(digits, index) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === last(digits)
}

export const luhn: Check = passesLuhn
export const verhoeff: Check = passesVerhoeff

/** Two rounds of weights, the second where the first leaves 10 (Estonia, Lithuania, Kazakhstan). */
export function twoRounds(first: readonly number[], second: readonly number[]): Check {
  return (digits) => {
    const one = weightedSum(digits, first) % 11
    const two = one < 10 ? one : weightedSum(digits, second) % 11
    return (two === 10 ? 0 : two) === last(digits)
  }
}

/** Two check digits at the end, each over all digits before it. */
export function twoDigits(
  first: readonly number[],
  second: readonly number[],
  to: (sum: number) => number,
): Check {
  return every(weighted(first, to), weighted(second, to))
}

export const modulus =
  (by: number, length: number, check: (rest: number) => number): Check =>
  (digits) =>
    check(Number(digits.slice(0, length)) % by) === Number(digits.slice(length))
